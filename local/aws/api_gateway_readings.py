"""How API Gateway's resources are read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.aws.clients import Clients
from local.aws.reading import Actual, Reading
from local.aws.resource_type import Properties

_OF_API = frozenset({"RestApiId"})


def _rest_api(clients: Clients, api_id: str, _: Properties) -> Actual:
    gateway = clients.of("apigateway")
    resources = gateway.get_resources(restApiId=api_id, limit=500)["items"]
    root = [resource["id"] for resource in resources if resource["path"] == "/"]
    return {**gateway.get_rest_api(restApiId=api_id), "roots": root}


def _resource(clients: Clients, resource_id: str, of: Properties) -> Actual:
    answer: Actual = clients.of("apigateway").get_resource(
        restApiId=of["RestApiId"], resourceId=resource_id
    )
    return answer


def _method(clients: Clients, _: str, of: Properties) -> Actual:
    method = clients.of("apigateway").get_method(
        restApiId=of["RestApiId"], resourceId=of["ResourceId"], httpMethod=of["HttpMethod"]
    )
    integration = dict(method.get("methodIntegration", {}))
    integration["integrationHttpMethod"] = integration.pop("httpMethod", None)
    integration["integrationResponses"] = list(integration.get("integrationResponses", {}).values())
    return {
        **method,
        "methodResponses": list(method.get("methodResponses", {}).values()),
        "integration": integration,
    }


def _authorizer(clients: Clients, authorizer_id: str, of: Properties) -> Actual:
    answer: Actual = clients.of("apigateway").get_authorizer(
        restApiId=of["RestApiId"], authorizerId=authorizer_id
    )
    return answer


def _gateway_response(clients: Clients, kind: str, of: Properties) -> Actual:
    answer: Actual = clients.of("apigateway").get_gateway_response(
        restApiId=of["RestApiId"], responseType=kind
    )
    return answer


def _deployment(clients: Clients, deployment_id: str, of: Properties) -> Actual:
    answer: Actual = clients.of("apigateway").get_deployment(
        restApiId=of["RestApiId"], deploymentId=deployment_id
    )
    return answer


def _stage(clients: Clients, name: str, of: Properties) -> Actual:
    stage: Mapping[str, Any] = clients.of("apigateway").get_stage(
        restApiId=of["RestApiId"], stageName=name
    )
    return {
        **stage,
        "accessLogSetting": stage.get("accessLogSettings"),
        "methodSettings": [
            {"resourcePath": f"/{resource}", "httpMethod": method, **settings}
            for path, settings in stage.get("methodSettings", {}).items()
            for resource, _, method in [path.partition("/")]
        ],
    }


def _account(clients: Clients, _: str, __: Properties) -> Actual:
    answer: Actual = clients.of("apigateway").get_account()
    return answer


API_GATEWAY_READINGS = {
    "AWS::ApiGateway::RestApi": Reading(
        read=_rest_api, attributes={"RootResourceId": lambda actual: actual["roots"][0]}
    ),
    "AWS::ApiGateway::Resource": Reading(read=_resource, found_by=_OF_API),
    "AWS::ApiGateway::Method": Reading(
        read=_method, found_by=frozenset({"RestApiId", "ResourceId", "HttpMethod"})
    ),
    "AWS::ApiGateway::Authorizer": Reading(read=_authorizer, found_by=_OF_API),
    "AWS::ApiGateway::GatewayResponse": Reading(
        read=_gateway_response,
        found_by=_OF_API,
        exact=frozenset({"ResponseParameters", "ResponseTemplates"}),
    ),
    "AWS::ApiGateway::Deployment": Reading(read=_deployment, found_by=_OF_API),
    "AWS::ApiGateway::Stage": Reading(read=_stage, found_by=_OF_API),
    "AWS::ApiGateway::Account": Reading(read=_account, has_presence=False),
}
