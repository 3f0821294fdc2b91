"""Types of other services, which moto's CloudFormation has without half of their properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.resource_type import Parameters, Properties, ReplacementError, ResourceType


def _retain(clients: Clients, name: str, properties: Properties) -> None:
    if "RetentionInDays" in properties:
        clients.of("logs").put_retention_policy(
            logGroupName=name, retentionInDays=int(properties["RetentionInDays"])
        )


def _log_group_attributes(clients: Clients, name: str, _: Properties) -> Mapping[str, Any]:
    # With the star that CloudFormation's attribute has, and the API's field has not.
    return {"Arn": f"arn:aws:logs:{clients.region}:{ACCOUNT_ID}:log-group:{name}:*"}


@dataclass(frozen=True, kw_only=True, slots=True)
class TableType(ResourceType):
    """A table, one of whose properties has another name within."""

    def parameters(self, clients: Clients, operation: str, properties: Properties) -> Parameters:
        """The operation's parameters for these properties."""
        encryption = dict(properties.get("SSESpecification", {}))
        if encryption:
            encryption["Enabled"] = encryption.pop("SSEEnabled")
            properties = {**properties, "SSESpecification": encryption}
        return ResourceType.parameters(self, clients, operation, properties)


def _expire_and_back_up(clients: Clients, name: str, properties: Properties) -> None:
    dynamodb = clients.of("dynamodb")
    expiry = properties.get("TimeToLiveSpecification")
    known = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if expiry and known.get("AttributeName") != expiry["AttributeName"]:
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={
                "AttributeName": expiry["AttributeName"],
                "Enabled": expiry["Enabled"] in (True, "true"),
            },
        )
    backup = properties.get("PointInTimeRecoverySpecification")
    if backup:
        dynamodb.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": backup["PointInTimeRecoveryEnabled"] in (True, "true")
            },
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterType(ResourceType):
    """A parameter is put anew, which has to be asked for."""

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Put it anew under its name."""
        if self._renames(old, new):
            raise ReplacementError
        parameters = self.parameters(clients, self.create, {**new, self.name_property: physical_id})
        clients.of(self.service).put_parameter(**parameters, Overwrite=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class InertType(ResourceType):
    """A type that is let be.

    Attributes:
        why: the reason, for whoever reads back what was deployed.
    """

    why: str

    def make(self, clients: Clients, properties: Properties, generated_name: str) -> str:
        """Do nothing."""
        del clients, properties
        return generated_name

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Do nothing."""


FURTHER_TYPES = (
    ResourceType(
        name="AWS::Logs::LogGroup",
        service="logs",
        create="create_log_group",
        identify=lambda _, parameters: parameters["logGroupName"],
        keys=lambda name, _: {"logGroupName": name},
        delete="delete_log_group",
        name_property="LogGroupName",
        apart=frozenset({"RetentionInDays"}),
        follow=_retain,
        attributes=_log_group_attributes,
    ),
    TableType(
        name="AWS::DynamoDB::Table",
        service="dynamodb",
        create="create_table",
        identify=lambda answer, _: answer["TableDescription"]["TableName"],
        keys=lambda name, _: {"TableName": name},
        delete="delete_table",
        name_property="TableName",
        apart=frozenset({"TimeToLiveSpecification", "PointInTimeRecoverySpecification"}),
        follow=_expire_and_back_up,
        attributes=lambda clients, name, _: {
            "Arn": f"arn:aws:dynamodb:{clients.region}:{ACCOUNT_ID}:table/{name}"
        },
    ),
    ParameterType(
        name="AWS::SSM::Parameter",
        service="ssm",
        create="put_parameter",
        identify=lambda _, parameters: parameters["Name"],
        keys=lambda name, _: {"Name": name},
        delete="delete_parameter",
        name_property="Name",
        attributes=lambda _, __, properties: {
            "Type": properties["Type"],
            "Value": properties["Value"],
        },
    ),
    InertType(
        name="AWS::S3::BucketPolicy",
        service="s3",
        create="",
        identify=lambda _, __: "",
        # It is CDK's own bucket's. Here is no TLS, and moto takes the denial as unconditional.
        why="denies everything without TLS",
    ),
    InertType(
        name="AWS::CDK::Metadata",
        service="cloudformation",
        create="",
        identify=lambda _, __: "",
        why="what CDK counts its users by; it makes nothing",
    ),
)
