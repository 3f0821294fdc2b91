"""Settings of whoever watches a deployment, and the name that it is watched under."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from authorizer.settings import Settings
from infra.bundling import AUTHORIZER
from infra.deployment_name import deployment_name
from infra.function_options import FunctionOptions
from infra.lambda_function import LambdaFunction
from infra.observability.options import DECISION_BUDGET_MS

from .conftest import only
from .test_environment import environment_of
from .test_settings import problems_of, read

TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
UNWATCHED = {"observability": False}
_KEPT = "operatorLogRetentionDays"


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ({"getUserQuota": 1}, {"getUserQuota": 0}, "getUserQuota"),
        ({"latencyAlarmMs": 1}, {"latencyAlarmMs": 0}, "latencyAlarmMs"),
        ({"latencyAlarmMs": 2500}, {"latencyAlarmMs": 2501}, "latencyAlarmMs"),
        ({"operatorLogRetentionDays": 365}, {"operatorLogRetentionDays": 180}, _KEPT),
        ({"operatorLogRetentionDays": 731}, {"operatorLogRetentionDays": 730}, _KEPT),
        ({"alarmTopicArn": TOPIC}, {"alarmTopicArn": "on-call"}, "alarmTopicArn"),
        ({"alarmTopicArn": TOPIC}, {"alarmTopicArn": TOPIC, **UNWATCHED}, "alarmTopicArn"),
        (UNWATCHED, {"getUserQuota": 121, **UNWATCHED}, "getUserQuota"),
        (UNWATCHED, {"latencyAlarmMs": 999, **UNWATCHED}, "latencyAlarmMs"),
        (UNWATCHED, {"runbookUrl": "runbook.md", **UNWATCHED}, "runbookUrl"),
        (
            {"runbookUrl": "https://wiki.example.com/on-call/sessions"},
            {"runbookUrl": "https://wiki.example.com/on-call#sessions"},
            "runbookUrl",
        ),
        ({"runbookUrl": "a" * 256}, {"runbookUrl": "a" * 257}, "runbookUrl"),
        (
            {"runbookUrl": f"https://{'a' * 253}/b"},
            {"runbookUrl": f"https://{'a' * 254}/b"},
            "runbookUrl",
        ),
        ({"deploymentName": "x" * 64}, {"deploymentName": "x" * 65}, "deploymentName"),
        ({"deploymentName": "a_b-1"}, {"deploymentName": "a.b"}, "deploymentName"),
        ({"stackName": "x" * 64}, {"stackName": "x" * 65}, "deploymentName"),
        ({"stackName": "x" * 65, "deploymentName": "x"}, {"stackName": "x" * 65}, "deploymentName"),
    ],
)
def test_limits(good: dict[str, Any], bad: dict[str, Any], key: str) -> None:
    """Each limit takes what is just within it and reports what is just outside, by its key."""
    read(**good)
    problems = problems_of(**bad)
    assert [problem.partition(":")[0] for problem in problems] == [key]


def test_an_alarm_on_slowness_can_ring(new_pool: Template) -> None:
    """Its limit is what a decision may take: the budget that is deployed."""
    settings = Settings.from_env(environment_of(new_pool, "Authorizer"))
    assert settings.decision_budget_ms == DECISION_BUDGET_MS


def test_a_deployment_is_called_after_its_stack(app: cdk.App) -> None:
    """The outermost stack's name, with its stage's, unless another one was chosen."""
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Sessions")
    nested = cdk.NestedStack(cdk.NestedStack(stack, "Outer"), "Inner")
    assert deployment_name(stack) == deployment_name(nested) == "Prod-Sessions"
    assert deployment_name(nested, "chosen") == "chosen"


@pytest.mark.parametrize("chosen", ["x" * 65, "a b", "a.b"])
def test_what_cannot_be_a_dimension_is_refused(stack: cdk.Stack, chosen: str) -> None:
    """A name that metrics or a dashboard could not have fails synth."""
    with pytest.raises(ValueError, match="cannot name a deployment"):
        deployment_name(stack, chosen)


def test_every_function_knows_its_deployment(stack: cdk.Stack) -> None:
    """The name that was chosen is in the function's environment."""
    LambdaFunction(
        stack,
        "Function",
        description="",
        bundle=AUTHORIZER,
        handler="authorizer.handler.handler",
        environment={},
        timeout_seconds=5,
        options=FunctionOptions(deployment_name="prod"),
    )
    function = only(Template.from_stack(stack), "AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["DEPLOYMENT_NAME"] == "prod"
