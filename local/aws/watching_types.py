"""CloudWatch's resource types: alarms, dashboards, and what is made of logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.resource_type import Parameters, Properties, ResourceType


def _alarm_attributes(clients: Clients, name: str, _: Properties) -> Mapping[str, Any]:
    return {"Arn": f"arn:aws:cloudwatch:{clients.region}:{ACCOUNT_ID}:alarm:{name}"}


def _filter_keys(name: str, properties: Properties) -> Parameters:
    return {"logGroupName": properties["LogGroupName"], "filterName": name}


@dataclass(frozen=True, kw_only=True, slots=True)
class PutType(ResourceType):
    """A type that is put under its name, the first time and again, and deleted from a list.

    Attributes:
        listed_as: the parameter that holds the names of what is to be deleted.
    """

    listed_as: str

    def remove(self, clients: Clients, physical_id: str, properties: Properties) -> None:
        """Delete it."""
        del properties
        getattr(clients.of(self.service), self.delete)(**{self.listed_as: [physical_id]})


WATCHING_TYPES = (
    PutType(
        name="AWS::CloudWatch::Alarm",
        service="cloudwatch",
        create="put_metric_alarm",
        identify=lambda _, parameters: parameters["AlarmName"],
        keys=lambda name, _: {"AlarmName": name},
        update="put_metric_alarm",
        delete="delete_alarms",
        name_property="AlarmName",
        listed_as="AlarmNames",
        attributes=_alarm_attributes,
    ),
    PutType(
        name="AWS::CloudWatch::CompositeAlarm",
        service="cloudwatch",
        create="put_composite_alarm",
        identify=lambda _, parameters: parameters["AlarmName"],
        keys=lambda name, _: {"AlarmName": name},
        update="put_composite_alarm",
        delete="delete_alarms",
        name_property="AlarmName",
        listed_as="AlarmNames",
        attributes=_alarm_attributes,
    ),
    PutType(
        name="AWS::CloudWatch::Dashboard",
        service="cloudwatch",
        create="put_dashboard",
        identify=lambda _, parameters: parameters["DashboardName"],
        keys=lambda name, _: {"DashboardName": name},
        update="put_dashboard",
        delete="delete_dashboards",
        name_property="DashboardName",
        listed_as="DashboardNames",
    ),
    ResourceType(
        name="AWS::Logs::QueryDefinition",
        service="logs",
        create="put_query_definition",
        identify=lambda answer, _: answer["queryDefinitionId"],
        keys=lambda definition_id, _: {"queryDefinitionId": definition_id},
        update="put_query_definition",
        delete="delete_query_definition",
        attributes=lambda _, definition_id, __: {"QueryDefinitionId": definition_id},
    ),
    ResourceType(
        name="AWS::Logs::MetricFilter",
        service="logs",
        create="put_metric_filter",
        identify=lambda _, parameters: parameters["filterName"],
        keys=_filter_keys,
        delete="delete_metric_filter",
        name_property="FilterName",
        update="put_metric_filter",
        fixed=frozenset({"LogGroupName"}),
    ),
)
