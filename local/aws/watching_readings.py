"""How CloudWatch's resources are read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.aws.clients import Clients
from local.aws.reading import Actual, Reading
from local.aws.resource_type import Properties


def _alarm(clients: Clients, name: str, _: Properties) -> Actual:
    return _only(clients.of("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"])


def _composite_alarm(clients: Clients, name: str, _: Properties) -> Actual:
    found = clients.of("cloudwatch").describe_alarms(
        AlarmNames=[name], AlarmTypes=["CompositeAlarm"]
    )
    return _only(found["CompositeAlarms"])


def _dashboard(clients: Clients, name: str, _: Properties) -> Actual:
    answer: Actual = clients.of("cloudwatch").get_dashboard(DashboardName=name)
    return answer


def _query_definition(clients: Clients, definition_id: str, _: Properties) -> Actual:
    found = clients.of("logs").describe_query_definitions()["queryDefinitions"]
    return _only([one for one in found if one["queryDefinitionId"] == definition_id])


def _metric_filter(clients: Clients, name: str, of: Properties) -> Actual:
    found = clients.of("logs").describe_metric_filters(
        logGroupName=of["LogGroupName"], filterNamePrefix=name
    )
    return _only(found["metricFilters"])


def _only(found: list[Mapping[str, Any]]) -> Actual:
    if not found:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Describe")
    return found[0]


WATCHING_READINGS = {
    "AWS::CloudWatch::Alarm": Reading(
        read=_alarm, attributes={"Arn": lambda actual: actual["AlarmArn"]}
    ),
    "AWS::CloudWatch::CompositeAlarm": Reading(
        read=_composite_alarm, attributes={"Arn": lambda actual: actual["AlarmArn"]}
    ),
    "AWS::CloudWatch::Dashboard": Reading(read=_dashboard),
    "AWS::Logs::QueryDefinition": Reading(read=_query_definition),
    "AWS::Logs::MetricFilter": Reading(
        read=_metric_filter, found_by=frozenset({"LogGroupName", "FilterName"})
    ),
}
