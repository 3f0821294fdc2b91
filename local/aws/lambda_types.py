"""Lambda's resource types. moto's own forget properties, permissions' ids and updates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.resource_type import Parameters, Properties, ResourceType


def function_arn(clients: Clients, name: str) -> str:
    """The ARN of a function of this account."""
    return f"arn:aws:lambda:{clients.region}:{ACCOUNT_ID}:function:{name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionType(ResourceType):
    """A function's code and configuration are two operations when they change."""

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Give it other code, another configuration, or both."""
        client = clients.of(self.service)
        if old["Code"] != new["Code"]:
            client.update_function_code(
                FunctionName=physical_id,
                S3Bucket=new["Code"]["S3Bucket"],
                S3Key=new["Code"]["S3Key"],
            )
        configuration = {
            name: value
            for name, value in new.items()
            if name not in ("Code", "Architectures", "Tags", "ReservedConcurrentExecutions")
        }
        ResourceType.change(self, clients, physical_id, configuration, configuration)


def _limit_concurrency(clients: Clients, name: str, properties: Properties) -> None:
    if "ReservedConcurrentExecutions" in properties:
        clients.of("lambda").put_function_concurrency(
            FunctionName=name,
            ReservedConcurrentExecutions=int(properties["ReservedConcurrentExecutions"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PermissionType(ResourceType):
    """A statement of a function's resource policy, whose id CloudFormation makes up."""

    def make(self, clients: Clients, properties: Properties, generated_name: str) -> str:
        """Add the statement; its id."""
        return ResourceType.make(
            self, clients, {**properties, "StatementId": generated_name}, generated_name
        )


def _alias_attributes(_: Clients, arn: str, __: Properties) -> Mapping[str, Any]:
    return {"AliasArn": arn}


def _alias_keys(arn: str, properties: Properties) -> Parameters:
    return {"FunctionName": properties["FunctionName"], "Name": arn.rpartition(":")[2]}


LAMBDA_TYPES = (
    FunctionType(
        name="AWS::Lambda::Function",
        service="lambda",
        create="create_function",
        identify=lambda answer, _: answer["FunctionName"],
        keys=lambda name, _: {"FunctionName": name},
        update="update_function_configuration",
        delete="delete_function",
        name_property="FunctionName",
        apart=frozenset({"ReservedConcurrentExecutions"}),
        follow=_limit_concurrency,
        attributes=lambda clients, name, _: {"Arn": function_arn(clients, name)},
    ),
    PermissionType(
        name="AWS::Lambda::Permission",
        service="lambda",
        create="add_permission",
        identify=lambda _, parameters: parameters["StatementId"],
        keys=lambda statement_id, properties: {
            "FunctionName": properties["FunctionName"],
            "StatementId": statement_id,
        },
        delete="remove_permission",
    ),
    ResourceType(
        name="AWS::Lambda::Version",
        service="lambda",
        create="publish_version",
        identify=lambda answer, _: _with_version(answer["FunctionArn"], answer["Version"]),
        keys=lambda arn, _: {"FunctionName": arn},
        attributes=lambda _, arn, __: {"Version": arn.rpartition(":")[2]},
    ),
    ResourceType(
        name="AWS::Lambda::Alias",
        service="lambda",
        create="create_alias",
        identify=lambda answer, _: answer["AliasArn"],
        keys=_alias_keys,
        update="update_alias",
        delete="delete_alias",
        attributes=_alias_attributes,
        fixed=frozenset({"FunctionName", "Name"}),
    ),
    ResourceType(
        name="AWS::Lambda::EventInvokeConfig",
        service="lambda",
        create="put_function_event_invoke_config",
        identify=lambda _, parameters: f"{parameters['FunctionName']}|{parameters['Qualifier']}",
        keys=lambda _, properties: {
            "FunctionName": properties["FunctionName"],
            "Qualifier": properties["Qualifier"],
        },
        update="put_function_event_invoke_config",
        delete="delete_function_event_invoke_config",
        fixed=frozenset({"FunctionName", "Qualifier"}),
    ),
)


def _with_version(arn: str, version: str) -> str:
    return arn if arn.endswith(f":{version}") else f"{arn}:{version}"
