"""What watching costs: the planner, the stack, an ordinary hour and the documents agree."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra.example_api import ACCESS_LOG_FIELDS
from infra.observability.catalogue import Service
from ops.plan.planning import PAID_BY_THE_MONTH
from simulation.cost import Watching, read_prices
from tests.contracts.runbook import PROJECT, RUNBOOK, of_type, synthesized
from tests.infra.everything_written import Written
from tests.local.stack_bench import Caller, running

WATCHING = Watching()
USD: Mapping[str, float] = read_prices()["usd"]

#: The delays of a deployment of defaults.
_DEFAULTS = {"verdict_ttl_seconds": 15, "memory_ttl_seconds": 5}

#: What Lambda writes itself of a call, in the text that is its default.
#: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
_REQUEST = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"
_PLATFORM_LINES = (
    f"START RequestId: {_REQUEST} Version: 12\n"
    f"END RequestId: {_REQUEST}\n"
    f"REPORT RequestId: {_REQUEST}\tDuration: 15.74 ms\tBilled Duration: 16 ms"
    "\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n"
)

#: What API Gateway writes of a request that was let in; "-" for what there is not.
_ACCESS_LOG = {
    "requestId": _REQUEST,
    "requestTime": "20/Nov/2026:15:24:20 +0000",
    "sourceIp": "203.0.113.100",
    "method": "GET",
    "route": "/hello",
    "status": "200",
    "latencyMs": "12",
    "authorizerStatus": "200",
    "authorizerLatencyMs": "8",
    "authorizerRequestId": _REQUEST,
}


def _live_an_hour(caller: Caller) -> None:
    """Signs in, calls, signs in elsewhere, refreshes, signs out, and lets a token expire."""
    clock, stack = caller.clock, caller.stack
    laptop = caller.sign_in("laptop")
    for seconds in (0, 1, 5, 60):
        clock.advance(seconds)
        caller.call(laptop.access)
    phone = caller.sign_in("phone")
    clock.advance(6)
    for tokens in (laptop, phone):
        caller.call(tokens.access)
    stack.sdk.initiate_auth(
        ClientId=stack.client_ids["phone"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": phone.refresh},
    )
    caller.revoke(phone, "phone")
    clock.advance(60)
    caller.call(phone.access)
    tablet = caller.sign_in("tablet")
    caller.call(tablet.access)
    clock.advance(3700)
    caller.call(tablet.access)
    caller.deliver_events()


@pytest.fixture(scope="module")
def hour() -> list[Written]:
    """Every line of an hour in which all goes well."""
    others = io.StringIO()
    with contextlib.redirect_stdout(others), running(**_DEFAULTS) as caller:
        _live_an_hour(caller)
        decisions = caller.stack.sandboxes.decisions()
    metrics = [json.loads(line) for line in others.getvalue().splitlines()]
    return [
        *(Written(Service.AUTHORIZER, line) for line in decisions),
        *(Written(_service(line), line) for line in metrics),
    ]


def _service(line: Mapping[str, Any]) -> Service:
    return Service.FEED if any(name.startswith("Feed") for name in line) else Service.HOOK


@pytest.fixture(scope="module")
def template() -> Mapping[str, Any]:
    return synthesized({})


def test_the_metrics_are_those_of_an_ordinary_hour(hour: list[Written]) -> None:
    """CloudWatch counts a metric for each set of its dimensions' values."""
    paid = {
        (name, *(str(one.line[dimension]) for dimension in sorted(dimensions)))
        for one in hour
        for name, _, dimensions in one.metrics
    }
    assert len(paid) == WATCHING.metrics


def test_a_line_is_as_long_as_is_reckoned(hour: list[Written]) -> None:
    """Of decisions that were made from memory or ledger, which are most; Lambda's lines besides."""
    lengths = [
        len(json.dumps(one.line, separators=(",", ":")))
        for one in hour
        if one.line.get("reason") == "granted" and "asked" not in one.line
    ]
    assert lengths
    assert sum(lengths) / len(lengths) == pytest.approx(WATCHING.line_bytes, rel=0.05)
    assert len(_PLATFORM_LINES) == pytest.approx(WATCHING.platform_bytes, rel=0.05)


def test_the_alarms_are_those_of_the_stack(template: Mapping[str, Any]) -> None:
    """Each metric in an alarm is paid; an anomaly detection alarm has a price of its own."""
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    anomalies = [alarm for alarm in alarms if "ThresholdMetricId" in alarm]
    metrics = sum(
        1 if "MetricName" in alarm else sum("MetricStat" in one for one in alarm["Metrics"])
        for alarm in alarms
        if alarm not in anomalies
    )
    assert metrics == WATCHING.alarm_metrics
    assert len(anomalies) == WATCHING.anomaly_alarms
    composites = of_type(template, "AWS::CloudWatch::CompositeAlarm")
    assert len(composites) == WATCHING.composite_alarms
    assert len(of_type(template, "AWS::CloudWatch::Dashboard")) == WATCHING.dashboards


def test_the_documents_have_these_sums() -> None:
    """settings.md has each, the runbook the three that are paid by the month, decision 13 all."""
    sums = {
        "dashboard": (WATCHING.dashboards, USD["dashboard_month"]),
        "metrics in ordinary alarms": (WATCHING.alarm_metrics, USD["alarm_metric_month"]),
        "anomaly detection alarm": (WATCHING.anomaly_alarms, USD["anomaly_alarm_month"]),
        "composite alarm": (WATCHING.composite_alarms, USD["composite_alarm_month"]),
        "metrics that are written in every hour": (WATCHING.metrics, USD["metric_month"]),
    }
    settings = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    for what, (count, usd) in sums.items():
        assert f"| {what} | {count} | {count * usd:.2f} |" in settings
    dashboard, *alarms, metrics = (count * usd for count, usd in sums.values())
    said = " ".join(RUNBOOK.split())
    assert (
        f"dashboard {dashboard:.2f} USD, alarms {sum(alarms):.2f}, live metrics about {metrics:.2f}"
        in said
    )
    decision = PROJECT / "docs" / "decisions" / "0013-what-wakes-somebody.md"
    total = dashboard + sum(alarms) + metrics
    assert f"About {total:.0f} USD a month" in decision.read_text(encoding="utf-8")


def test_the_access_log_is_named_and_priced() -> None:
    """What is in no sum: a line of the example API's for each request, in both documents."""
    line = json.dumps({name: _ACCESS_LOG.get(name, "-") for name in ACCESS_LOG_FIELDS})
    assert len(line) == pytest.approx(380, rel=0.05)
    usd = f"{380 / 1000 * USD['logs_gb']:.2f} USD"
    settings = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    for page in (RUNBOOK, settings):
        (said,) = [p for one in page.split("\n\n") if "380 bytes" in (p := " ".join(one.split()))]
        assert "access log" in said
        assert usd in said


def test_the_planner_has_them_by_the_month() -> None:
    """What is paid whatever is asked is in no share of the load."""
    assert {"dashboard", "alarms", "metrics"} <= PAID_BY_THE_MONTH
