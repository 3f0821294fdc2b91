"""Types of other services, which moto's CloudFormation has without half of their properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.resource_type import Parameters, Properties, ResourceType


def _retain(clients: Clients, name: str, properties: Properties) -> None:
    if "RetentionInDays" in properties:
        clients.of("logs").put_retention_policy(
            logGroupName=name, retentionInDays=int(properties["RetentionInDays"])
        )


def _log_group_attributes(clients: Clients, name: str, _: Properties) -> Mapping[str, Any]:
    # With the star that CloudFormation's attribute has, and the API's field has not.
    return {"Arn": f"arn:aws:logs:{clients.region}:{ACCOUNT_ID}:log-group:{name}:*"}


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


def _rule_keys(name: str, properties: Properties) -> Parameters:
    return {"Name": name, "EventBusName": properties.get("EventBusName", "default")}


def _aim(clients: Clients, name: str, properties: Properties) -> None:
    targets = properties.get("Targets", [])
    bus = properties.get("EventBusName", "default")
    if targets:
        clients.of("events").put_targets(Rule=name, EventBusName=bus, Targets=targets)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleType(ResourceType):
    """A rule cannot be deleted with targets."""

    def remove(self, clients: Clients, physical_id: str, properties: Properties) -> None:
        """Take its targets away, then delete it."""
        targets = [target["Id"] for target in properties.get("Targets", [])]
        if targets:
            clients.of(self.service).remove_targets(
                Rule=physical_id,
                EventBusName=properties.get("EventBusName", "default"),
                Ids=targets,
            )
        ResourceType.remove(self, clients, physical_id, properties)


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
    ResourceType(
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
    RuleType(
        name="AWS::Events::Rule",
        service="events",
        create="put_rule",
        identify=lambda _, parameters: parameters["Name"],
        keys=_rule_keys,
        update="put_rule",
        delete="delete_rule",
        name_property="Name",
        apart=frozenset({"Targets"}),
        follow=_aim,
        attributes=lambda clients, name, _: {
            "Arn": f"arn:aws:events:{clients.region}:{ACCOUNT_ID}:rule/{name}"
        },
        fixed=frozenset({"EventBusName"}),
    ),
    ResourceType(
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
    ResourceType(
        name="AWS::CloudWatch::Alarm",
        service="cloudwatch",
        create="put_metric_alarm",
        identify=lambda _, parameters: parameters["AlarmName"],
        keys=lambda name, _: {"AlarmNames": [name]},
        delete="delete_alarms",
        name_property="AlarmName",
        attributes=lambda clients, name, _: {
            "Arn": f"arn:aws:cloudwatch:{clients.region}:{ACCOUNT_ID}:alarm:{name}"
        },
    ),
)
