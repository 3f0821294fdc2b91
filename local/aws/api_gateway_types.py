"""API Gateway's resource types, most of which moto's CloudFormation lacks or cannot change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.clients import Clients
from local.aws.resource_type import Parameters, Properties, ReplacementError, ResourceType


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchedType(ResourceType):
    """A type that API Gateway changes by patch operations, one for each property.

    Attributes:
        patched: the properties that can be changed so.
    """

    patched: frozenset[str] = frozenset()

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Patch the properties that differ."""
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        if not changed <= self.patched or not changed <= set(new):
            raise ReplacementError
        parameters = self.parameters(clients, self.create, {n: new[n] for n in changed})
        patches = [
            {"op": "replace", "path": f"/{name}", "value": str(value)}
            for name, value in parameters.items()
        ]
        getattr(clients.of(self.service), self.update)(
            **self.keys(physical_id, new), patchOperations=patches
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodType(ResourceType):
    """A method with its responses and its integration, which are four operations."""

    def make(self, clients: Clients, properties: Properties, generated_name: str) -> str:
        """Put all of them; the id is made of what names the method."""
        del generated_name
        keys = self.keys("", properties)
        client = clients.of(self.service)
        own = {
            name: value
            for name, value in properties.items()
            if name not in ("Integration", "MethodResponses")
        }
        client.put_method(**self.parameters(clients, "put_method", own))
        for response in properties.get("MethodResponses", []):
            answer = self.parameters(clients, "put_method_response", response)
            client.put_method_response(**keys, **answer)
        integration = dict(properties["Integration"])
        responses = integration.pop("IntegrationResponses", [])
        if "IntegrationHttpMethod" not in integration:
            # moto wants it of a mock, too, which calls nobody.
            integration["IntegrationHttpMethod"] = properties["HttpMethod"]
        client.put_integration(**keys, **self.parameters(clients, "put_integration", integration))
        for response in responses:
            answer = self.parameters(clients, "put_integration_response", response)
            client.put_integration_response(**keys, **answer)
        return "|".join(keys.values())

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Put all of it anew, in the old one's place."""
        if self.keys("", old) != self.keys("", new):
            raise ReplacementError
        self.remove(clients, physical_id, old)
        self.make(clients, new, physical_id)


def _of_api(name: str) -> Any:
    def keys(physical_id: str, properties: Properties) -> Parameters:
        return {"restApiId": properties["RestApiId"], name: physical_id}

    return keys


def _root_resource(clients: Clients, api_id: str, _: Properties) -> Mapping[str, Any]:
    resources = clients.of("apigateway").get_resources(restApiId=api_id, limit=500)["items"]
    root = next(resource["id"] for resource in resources if resource["path"] == "/")
    return {"RootResourceId": root, "RestApiId": api_id}


def _patch_settings(clients: Clients, stage: str, properties: Properties) -> None:
    """Settings that a stage is not created with, but patched with."""
    log = properties.get("AccessLogSetting", {})
    values = {
        "/accessLogSettings/destinationArn": log.get("DestinationArn"),
        "/accessLogSettings/format": log.get("Format"),
    }
    for of_method in properties.get("MethodSettings", []):
        method = f"{of_method['ResourcePath']}/{of_method['HttpMethod']}"
        values[f"{method}/throttling/rateLimit"] = of_method.get("ThrottlingRateLimit")
        values[f"{method}/throttling/burstLimit"] = of_method.get("ThrottlingBurstLimit")
    patches = [
        {"op": "replace", "path": path, "value": str(value)}
        for path, value in values.items()
        if value is not None
    ]
    if patches:
        clients.of("apigateway").update_stage(
            restApiId=properties["RestApiId"], stageName=stage, patchOperations=patches
        )


def _attach_role(clients: Clients, _: str, properties: Properties) -> None:
    clients.of("apigateway").update_account(
        patchOperations=[
            {
                "op": "replace",
                "path": "/cloudwatchRoleArn",
                "value": properties["CloudWatchRoleArn"],
            }
        ]
    )


API_GATEWAY_TYPES = (
    PatchedType(
        name="AWS::ApiGateway::RestApi",
        service="apigateway",
        create="create_rest_api",
        identify=lambda answer, _: answer["id"],
        keys=lambda api_id, _: {"restApiId": api_id},
        update="update_rest_api",
        delete="delete_rest_api",
        attributes=_root_resource,
        patched=frozenset({"Name", "Description"}),
    ),
    ResourceType(
        name="AWS::ApiGateway::Resource",
        service="apigateway",
        create="create_resource",
        identify=lambda answer, _: answer["id"],
        keys=_of_api("resourceId"),
        delete="delete_resource",
        attributes=lambda _, resource_id, __: {"ResourceId": resource_id},
    ),
    MethodType(
        name="AWS::ApiGateway::Method",
        service="apigateway",
        create="put_method",
        identify=lambda _, __: "",
        keys=lambda _, properties: {
            "restApiId": properties["RestApiId"],
            "resourceId": properties["ResourceId"],
            "httpMethod": properties["HttpMethod"],
        },
        delete="delete_method",
        renamed={"IntegrationHttpMethod": "integrationHttpMethod"},
    ),
    PatchedType(
        name="AWS::ApiGateway::Authorizer",
        service="apigateway",
        create="create_authorizer",
        identify=lambda answer, _: answer["id"],
        keys=_of_api("authorizerId"),
        update="update_authorizer",
        delete="delete_authorizer",
        attributes=lambda _, authorizer_id, __: {"AuthorizerId": authorizer_id},
        patched=frozenset(
            {"AuthorizerResultTtlInSeconds", "AuthorizerUri", "IdentitySource", "Name"}
        ),
    ),
    ResourceType(
        name="AWS::ApiGateway::GatewayResponse",
        service="apigateway",
        create="put_gateway_response",
        identify=lambda _, parameters: parameters["responseType"],
        keys=_of_api("responseType"),
        update="put_gateway_response",
        delete="delete_gateway_response",
        fixed=frozenset({"RestApiId", "ResponseType"}),
    ),
    ResourceType(
        name="AWS::ApiGateway::Deployment",
        service="apigateway",
        create="create_deployment",
        identify=lambda answer, _: answer["id"],
        keys=_of_api("deploymentId"),
        delete="delete_deployment",
        attributes=lambda _, deployment_id, __: {"DeploymentId": deployment_id},
    ),
    PatchedType(
        name="AWS::ApiGateway::Stage",
        service="apigateway",
        create="create_stage",
        identify=lambda answer, _: answer["stageName"],
        keys=_of_api("stageName"),
        update="update_stage",
        delete="delete_stage",
        apart=frozenset({"AccessLogSetting", "MethodSettings"}),
        follow=_patch_settings,
        patched=frozenset({"DeploymentId", "Description"}),
    ),
    ResourceType(
        name="AWS::ApiGateway::Account",
        service="apigateway",
        create="get_account",
        identify=lambda _, __: "ApiGatewayAccount",
        apart=frozenset({"CloudWatchRoleArn"}),
        follow=_attach_role,
    ),
)
