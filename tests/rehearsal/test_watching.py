"""CloudWatch's resource types in the local AWS, with the resources of this app's own template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from local.aws.account import LocalAccount
from local.aws.read_back import DeployedStack
from local.aws.template import references
from tests.infra.conftest import MakeStack, make_stack
from tests.rehearsal.deployment import Deployment, problems

__all__ = ["make_stack"]

WATCHING = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Logs::QueryDefinition",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"


@pytest.fixture
def deployment(account: LocalAccount, tmp_path: Path) -> Deployment:
    """A stack to deploy."""
    return Deployment(account, tmp_path)


def watching(make_stack: MakeStack, **members: Any) -> dict[str, Any]:
    """What watches, and what it watches, by name where that is a function."""
    every = Template.from_stack(make_stack(alarmTopicArn=TOPIC, **members)).to_json()["Resources"]
    text = json.dumps({n: r for n, r in every.items() if r["Type"] in WATCHING})
    resources: dict[str, Any] = json.loads(text, object_hook=_without_functions(every))
    assert {name for one in resources.values() for name in references(one["Properties"])} <= {
        *resources,
        "AWS::Region",
    }
    return resources


def _without_functions(every: dict[str, Any]) -> Any:
    def named(value: dict[str, Any]) -> Any:
        function = value.get("Ref", "")
        return function if function in every and every[function]["Type"] not in WATCHING else value

    return named


def deploy(deployment: Deployment, resources: dict[str, Any]) -> DeployedStack:
    stack = deployment.deploy(resources)
    assert stack.status.endswith("_COMPLETE")
    return stack


def test_all_is_kept_changed_and_deleted(deployment: Deployment, make_stack: MakeStack) -> None:
    """Alarms, dashboard, queries and filters are read back whole, anew after each change."""
    before = deploy(deployment, watching(make_stack))
    assert problems(before) == []
    assert len(before.of_type("AWS::Logs::QueryDefinition")) == 6
    after = deploy(deployment, watching(make_stack, getUserQuota=240, latencyAlarmMs=900))
    assert problems(after) == []
    assert after.of_type("AWS::CloudWatch::Alarm") == before.of_type("AWS::CloudWatch::Alarm")
    deployment.destroy()
    assert [row for row in after.remainders() if row.problems] == []


def test_a_changed_alarm_is_noticed(
    deployment: Deployment, account: LocalAccount, make_stack: MakeStack
) -> None:
    """A threshold, a rule and a query that are not the template's are problems."""
    stack = deploy(deployment, watching(make_stack))
    cloudwatch, logs = account.clients.of("cloudwatch"), account.clients.of("logs")
    (composite,) = stack.of_type("AWS::CloudWatch::CompositeAlarm").values()
    cloudwatch.put_composite_alarm(AlarmName=composite, AlarmRule="TRUE")
    cloudwatch.put_dashboard(DashboardName="CognitoSessionAuthorizer", DashboardBody="{}")
    query = min(stack.of_type("AWS::Logs::QueryDefinition").values())
    logs.put_query_definition(queryDefinitionId=query, name="x", queryString="fields @message")
    found = {problem.partition(" ")[2][:12] for problem in problems(stack)}
    assert {"AlarmRule sh", "DashboardBod", "QueryString "} <= found
