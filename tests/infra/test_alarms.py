"""The alarms: each with a reason and a way on, and one message for one outage."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import numpy as np
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Annotations, Match, Template

from infra.function_options import FunctionOptions
from infra.observability import Observability, ObservabilityOptions, Watched
from infra.session_authorizer import SessionAuthorizer
from infra.single_session_hook import SingleSessionHook
from local.dashboard.formulas import compute

from .conftest import ROUTES, MakeStack, only, resources

PROJECT = Path(__file__).resolve().parents[2]
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"

IMPAIRMENTS = {
    "authorizer-faults",
    "unavailable",
    "getuser-throttled",
    "keys-failing",
    "slow-decisions",
    "sandboxes-throttled",
}
OTHERS = {
    "sessions-unchecked",
    "ledger-down",
    "getuser-near-quota",
    "refusals-jump",
    "hook-failing",
    "feed-dead-letters",
}
OF_ROUTES = {"sign-outs-failing", "pushed-sign-outs-failing"}


def by_name(template: Template, kind: str = ALARM) -> dict[str, Any]:
    """Alarms by their names without the deployment's."""
    return {
        one["AlarmName"].removeprefix("CognitoSessionAuthorizer-"): one
        for one in resources(template, kind).values()
    }


def authorizer(stack: cdk.Stack, deployment: str = "") -> SessionAuthorizer:
    """One in an app of somebody else's."""
    return SessionAuthorizer(
        stack,
        "Sessions",
        user_pool=cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_Abc"),
        client_ids=["web"],
        functions=FunctionOptions(deployment_name=deployment),
    )


def test_the_alarms_are_those_that_are_described(new_pool: Template, with_routes: Template) -> None:
    """Decision 13 has a row for each alarm, and there is none besides."""
    text = (PROJECT / "docs/decisions/0013-what-wakes-somebody.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:· |\*\*)`([a-z-]+)`", text, re.MULTILINE)
    assert sorted(rows) == sorted({*IMPAIRMENTS, *OTHERS, *OF_ROUTES, "authorizer-impaired"})
    assert set(by_name(new_pool)) == IMPAIRMENTS | OTHERS
    assert set(by_name(with_routes)) == IMPAIRMENTS | OTHERS | OF_ROUTES
    assert set(by_name(new_pool, COMPOSITE)) == {"authorizer-impaired"}


def test_each_has_a_reason_and_a_way_on(make_stack: MakeStack) -> None:
    """Why it rings, what to do first, and the runbook's section of the alarm's own name."""
    # As long as is taken: CloudWatch refuses a description of more than 1024 characters.
    url = f"https://{'w' * 253}/{'r' * 256}"
    template = Template.from_stack(make_stack(runbookUrl=url, **ROUTES))
    alarms = by_name(template) | by_name(template, COMPOSITE)
    assert len(alarms) == len(IMPAIRMENTS | OTHERS | OF_ROUTES) + 1
    for name, alarm in alarms.items():
        said, _, where = alarm["AlarmDescription"].rpartition(" Then: ")
        why, _, first = said.partition(" First: ")
        assert where == f"{url}#{name}"
        assert len(why.split()) > 7
        assert len(first.split()) > 7
        assert why.endswith(".")
        assert first.endswith((".", "?"))
        assert len(said) <= 400
        assert len(alarm["AlarmDescription"]) <= 1024


def test_a_quiet_night_wakes_nobody(new_pool: Template) -> None:
    """Where nothing is written nothing is wrong, and no state is kept for want of values."""
    for alarm in by_name(new_pool).values():
        assert alarm["TreatMissingData"] == "notBreaching"
        assert "EvaluateLowSampleCountPercentile" not in alarm


@pytest.mark.parametrize(("decisions", "judged"), [(1, 0), (99, 0), (100, 5000)])
def test_a_few_slow_decisions_ring_nothing(
    new_pool: Template, decisions: float, judged: float
) -> None:
    """A hundred have a slowest hundredth; with fewer an alarm that rings ends."""
    slow = by_name(new_pool)["slow-decisions"]
    (expression,) = [one["Expression"] for one in slow["Metrics"] if "Expression" in one]
    series = {"n": np.array([decisions]), "p99": np.array([5000.0])}
    assert compute(expression, series) == [judged]


def test_one_outage_is_one_message(make_stack: MakeStack) -> None:
    """Impairments are told by the composite alone, everything else by itself; ends are told too."""
    template = Template.from_stack(make_stack(alarmTopicArn=TOPIC))
    alarms = by_name(template)
    assert {name for name, alarm in alarms.items() if "AlarmActions" in alarm} == OTHERS
    composite = only(template, COMPOSITE)
    for told in (composite, *(alarms[name] for name in OTHERS)):
        assert told["AlarmActions"] == told["OKActions"] == [TOPIC]
    parts = {
        name.removeprefix("CognitoSessionAuthorizer-")
        for logical_id, name in (
            (logical_id, alarm["AlarmName"])
            for logical_id, alarm in resources(template, ALARM).items()
        )
        if logical_id in json.dumps(composite["AlarmRule"])
    }
    assert parts == IMPAIRMENTS
    assert json.dumps(composite["AlarmRule"]).count("ALARM(") == len(IMPAIRMENTS)


def test_an_outage_does_not_hide_that_marks_are_not_seen(make_stack: MakeStack) -> None:
    """A composite that rings already sends nothing more: the ledger's alarm does by itself."""
    template = Template.from_stack(make_stack(alarmTopicArn=TOPIC))
    assert by_name(template)["ledger-down"]["AlarmActions"] == [TOPIC]
    assert "LedgerDown" not in json.dumps(only(template, COMPOSITE)["AlarmRule"])


def test_without_a_topic_it_says_so(make_stack: MakeStack) -> None:
    """Nobody is told of an alarm without a topic, and whoever deploys is told that."""
    stack = make_stack()
    assert "AlarmActions" not in json.dumps(Template.from_stack(stack).to_json())
    said = Match.string_like_regexp("nobody is told")
    Annotations.from_stack(stack).has_info("*", said)
    assert not Annotations.from_stack(make_stack(alarmTopicArn=TOPIC)).find_info("*", said)


def test_thresholds_are_the_settings(make_stack: MakeStack) -> None:
    """The quota's four fifths and the latency's limit are what was set, in their units."""
    alarms = by_name(Template.from_stack(make_stack(getUserQuota=500, latencyAlarmMs=700)))
    near = alarms["getuser-near-quota"]
    assert near["Threshold"] == 400
    (formula,) = [one["Expression"] for one in near["Metrics"] if "Expression" in one]
    assert formula.endswith("/ 60")
    assert {one["MetricStat"]["Period"] for one in near["Metrics"] if "MetricStat" in one} == {60}
    slow = alarms["slow-decisions"]
    assert slow["Threshold"] == 700
    read = [one["MetricStat"] for one in slow["Metrics"] if "MetricStat" in one]
    assert {(one["Stat"], one["Period"]) for one in read} == {("SampleCount", 300), ("p99", 300)}


def test_a_jump_is_held_to_what_is_usual(new_pool: Template) -> None:
    """Above the band only, and never for a few refusals."""
    jump = by_name(new_pool)["refusals-jump"]
    assert jump["ComparisonOperator"] == "GreaterThanUpperThreshold"
    expressions = {one["Id"]: one["Expression"] for one in jump["Metrics"] if "Expression" in one}
    assert expressions[jump["ThresholdMetricId"]] == "ANOMALY_DETECTION_BAND(m0, 4)"
    assert expressions["m0"] == "IF(refused > 20, refused, 20)"


def test_refused_tokens_are_no_fault(new_pool: Template) -> None:
    """The authorizer's own Lambda errors, which any bad token makes, are in no alarm."""
    functions = resources(new_pool, "AWS::Lambda::Function")
    (function,) = [name for name in functions if "SessionsAuthorizer" in name]
    reading = [
        name
        for name, alarm in by_name(new_pool).items()
        if function in (text := json.dumps(alarm)) and '"Errors"' in text
    ]
    assert reading == []
    assert '"Errors"' in json.dumps(by_name(new_pool)["hook-failing"])


def test_sign_outs_that_fail_are_told(with_routes: Template) -> None:
    """Those that are answered 503, and those that the function did not answer, of each route."""
    alarms = by_name(with_routes)
    for name, count in {"sign-outs-failing": 1, "pushed-sign-outs-failing": 3}.items():
        read = [
            one["MetricStat"]["Metric"] for one in alarms[name]["Metrics"] if "MetricStat" in one
        ]
        names = [metric["MetricName"] for metric in read]
        assert sum(metric == "Errors" for metric in names) == count
        assert sum(metric.endswith("_unavailable") for metric in names) == count


def test_one_sign_in_wakes_nobody(new_pool: Template) -> None:
    """Cognito may call the hook three times for it, and each call that fails counts once."""
    failing = by_name(new_pool)["hook-failing"]
    metrics = [one["MetricStat"] for one in failing["Metrics"] if "MetricStat" in one]
    assert failing["Threshold"] == 3 + 1
    assert failing["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert {one["Period"] for one in metrics} == {900}
    # A call that is refused raises: to count Hook_refused as well would count it twice.
    names = {one["Metric"]["MetricName"] for one in metrics}
    assert names == {"Errors", "Throttles", "Hook_admitted"}


def test_calls_that_lambda_throttles_have_failed(with_routes: Template) -> None:
    """With the account's concurrency spent nothing is logged and nothing is an error."""
    alarms = by_name(with_routes)
    for name in ("hook-failing", "sign-outs-failing", "pushed-sign-outs-failing"):
        read = [one for one in alarms[name]["Metrics"] if "MetricStat" in one]
        of = {
            kind: [
                json.dumps(one["MetricStat"]["Metric"]["Dimensions"])
                for one in read
                if one["MetricStat"]["Metric"]["MetricName"] == kind
            ]
            for kind in ("Errors", "Throttles")
        }
        assert of["Throttles"] == of["Errors"]
        (expression,) = [one["Expression"] for one in alarms[name]["Metrics"] if one not in read]
        assert set(re.findall(r"\w+_\w+", expression)) == {one["Id"] for one in read}


def test_one_pushed_sign_out_that_fails_is_told(with_routes: Template) -> None:
    """Providers may never send it again, so that waiting for a second would be waiting for good."""
    pushed = by_name(with_routes)["pushed-sign-outs-failing"]
    assert pushed["Threshold"] == 1
    assert (pushed["DatapointsToAlarm"], pushed["EvaluationPeriods"]) == (1, 1)


@pytest.mark.parametrize(
    ("members", "absent"),
    [
        ({"ledger": False}, {"ledger-down", "feed-dead-letters"}),
        ({"revocationFeed": False}, {"feed-dead-letters"}),
        ({"sessionMode": "off"}, {"hook-failing"}),
    ],
)
def test_what_there_is_not_has_no_alarm(
    make_stack: MakeStack, members: dict[str, Any], absent: set[str]
) -> None:
    """An alarm that could not ring is not paid for."""
    names = set(by_name(Template.from_stack(make_stack(**members))))
    assert names == (IMPAIRMENTS | OTHERS) - absent


def test_it_watches_an_authorizer_alone(stack: cdk.Stack) -> None:
    """In an app of one's own, with nothing but the authorizer, and defaults."""
    Observability(stack, "Observability", watched=Watched(sessions=authorizer(stack)))
    template = Template.from_stack(stack)
    names = {alarm["AlarmName"] for alarm in resources(template, ALARM).values()}
    absent = {"ledger-down", "hook-failing", "feed-dead-letters"}
    assert names == {f"Stack-{name}" for name in (IMPAIRMENTS | OTHERS) - absent}
    template.resource_count_is("AWS::Logs::QueryDefinition", 4)


def test_a_deployment_has_one_name(stack: cdk.Stack) -> None:
    """A hook that reports as another deployment's would be watched in vain, so it is refused."""
    sessions = authorizer(stack, "prod")
    pool = cognito.UserPool.from_user_pool_id(stack, "Other", "eu-west-1_Abc")
    hook = SingleSessionHook(stack, "Hook", user_pool=pool)
    with pytest.raises(ValueError, match="reports as Stack, not as prod"):
        Observability(
            stack,
            "Observability",
            watched=Watched(sessions=sessions, hook=hook),
            options=ObservabilityOptions(),
        )
