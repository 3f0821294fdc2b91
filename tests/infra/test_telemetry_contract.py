"""What dashboard, alarms and queries go by is what the Lambdas write."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aws_cdk.assertions import Template

from infra.example_api import ACCESS_LOG_FIELDS
from infra.observability.catalogue import (
    DIMENSIONS,
    DIMENSIONS_BY_REASON,
    METRICS,
    METRICS_BY_REASON,
    Service,
)
from infra.observability.options import ObservabilityOptions
from infra.observability.queries import Log, Query, queries
from ops.audit import Entry, Phase, Trail

from .conftest import resources
from .everything_written import Written, everything_written
from .logs_insights import fields_of
from .test_dashboard import body_of

DOCS = Path(__file__).resolve().parents[2] / "docs"

QUERIES = list(queries(ObservabilityOptions()))

#: Of those that a REST API's access log can have, what an HTTP API's can have as well.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
HTTP_API_VARIABLES = {
    "$context.authorizer.error",
    "$context.error.responseType",
    "$context.httpMethod",
    "$context.identity.sourceIp",
    "$context.requestId",
    "$context.requestTime",
    "$context.responseLatency",
    "$context.routeKey",
    "$context.status",
}

#: Logs Insights' own.
DISCOVERED = {"@timestamp", "@message"}


@pytest.fixture(scope="module")
def written() -> list[Written]:
    """Lines of the Lambdas, driven through all that they can find."""
    return everything_written()


def test_the_catalogue_is_what_is_written(written: list[Written]) -> None:
    """Each metric is written by its Lambda with its unit, and there is none besides."""
    found: dict[Service, dict[str, str]] = defaultdict(dict)
    for line in written:
        for name, unit, _ in line.metrics:
            assert found[line.service].setdefault(name, unit) == unit
    assert found == METRICS


def test_dimensions_do_not_explode(written: list[Written]) -> None:
    """Deployment and service on all, and the reason besides on refusals and outages only."""
    by_name: dict[str, set[frozenset[str]]] = defaultdict(set)
    for line in written:
        for name, _, dimensions in line.metrics:
            by_name[name].add(dimensions)
    plain, by_reason = frozenset(DIMENSIONS), frozenset(DIMENSIONS_BY_REASON)
    for name, sets in by_name.items():
        assert sets == ({plain, by_reason} if name in METRICS_BY_REASON else {plain})


def test_what_is_looked_at_is_in_the_catalogue(new_pool: Template) -> None:
    """Every metric of ours on the dashboard and in an alarm is one that a Lambda writes."""
    texts = [
        json.dumps(properties).replace('\\"', '"')
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard")
        for properties in resources(new_pool, kind).values()
    ]
    ours = '"CognitoSessionAuthorizer","([A-Za-z_]+)","deployment","[^"]*","service","([a-z_]+)"'
    drawn = {pair for text in texts for pair in re.findall(ours, text)}
    assert len(drawn) > 40
    alarmed = {
        (metric["MetricName"], dimensions["service"])
        for alarm in resources(new_pool, "AWS::CloudWatch::Alarm").values()
        for metric in metrics_of(alarm)
        if "service" in (dimensions := {d["Name"]: d["Value"] for d in metric["Dimensions"]})
    }
    assert {"Throttled", "FailedOpen", "Hook_admitted"} <= {name for name, _ in alarmed}
    for name, service in drawn | alarmed:
        assert name in METRICS[Service(service)]
    searched = {name for text in texts for name in re.findall(r'MetricName=\\*"(\w+)', text)}
    assert searched == METRICS_BY_REASON | {"CallCount"}


def test_keys_are_as_old_as_those_that_verify(new_pool: Template, written: list[Written]) -> None:
    """The age that is drawn is of keys that verified a token, and its label says so."""
    ages = [one.line for one in written if "KeyAge" in one.line]
    assert ages
    assert all("sub" in line for line in ages)
    labels = [
        metric[-1]["label"]
        for widget in body_of(new_pool)["widgets"]
        for metric in widget["properties"].get("metrics", [])
        if "KeyAge" in metric
    ]
    assert labels == ["oldest that verified a token"]


def metrics_of(alarm: Any) -> list[Any]:
    """The metrics that an alarm reads, in either way of writing it."""
    if "MetricName" in alarm:
        return [{"Dimensions": [], **alarm}]
    return [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]


def trail_fields() -> set[str]:
    """What the operator's program writes of an action."""
    lines: list[str] = []

    def put_log_events(**request: Any) -> dict[str, Any]:
        lines.append(request["logEvents"][0]["message"])
        return {}

    logs = SimpleNamespace(create_log_stream=lambda **_: {}, put_log_events=put_log_events)
    aws: Any = SimpleNamespace(
        caller=lambda: SimpleNamespace(account="123456789012", arn="arn:aws:iam::1:user/ada"),
        now=lambda: 1_800_000_000.0,
        region="eu-west-1",
        client=lambda _: logs,
    )
    entry = Entry("run", "stack", "revoke", {"sub": "x"}, "left the company")
    Trail(aws, "log-group").write(entry, Phase.DONE, ["ledger"])
    return Written(Service.AUTHORIZER, json.loads(lines[0])).fields


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_queries_ask_for_what_there_is(query: Query, written: list[Written]) -> None:
    """Each field of a query stands in the lines that it is run over, all logs together."""
    of_log = {
        Log.AUTHORIZER: {
            name for w in written if w.service is Service.AUTHORIZER for name in w.fields
        },
        Log.ACCESS: set(ACCESS_LOG_FIELDS),
        Log.OPERATORS: trail_fields(),
    }
    there_is = DISCOVERED.union(*(of_log[log] for log in query.logs))
    asked = fields_of(query.text)
    assert asked
    assert asked <= there_is


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_what_joins_the_access_log_says_of_which_apis(query: Query) -> None:
    """HTTP APIs' access logs have nothing to join by, and whoever runs the query reads that."""
    comments = " ".join(re.findall(r"# (.+)", query.text))
    assert ("Of REST APIs only" in comments) is (Log.ACCESS in query.logs)


def test_the_query_for_http_apis_asks_for_what_they_can_write() -> None:
    """The runbook's query reads the fields that settings.md has an HTTP API write."""
    settings = (DOCS / "settings.md").read_text(encoding="utf-8").partition("An **HTTP API**")[2]
    (format_text,) = re.findall(r"```json\n(.+?)\n```", settings.partition("\n## ")[0], re.DOTALL)
    fields: dict[str, str] = json.loads(format_text)
    assert set(fields.values()) <= HTTP_API_VARIABLES
    assert not set(ACCESS_LOG_FIELDS.values()) <= HTTP_API_VARIABLES
    runbook = (DOCS / "operations.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```query\n(.+?)\n```", runbook, re.DOTALL)
    assert fields_of(text) == set(fields)


def test_a_misspelt_field_is_noticed() -> None:
    """The check of the queries sees fields in every command, and neither names nor texts."""
    text = """\
# count(secrets)
fields @timestamp, coalesce(a.b, c) as d
| filter e = "f" and (g > 5 or h in ["i", "j"]) and ispresent(k)
| stats sortsLast(l) as m, count(*) as n by o, d
| filter ispresent(m)
| sort n desc
| limit 20"""
    assert fields_of(text) == {"@timestamp", "a.b", "c", "e", "g", "h", "k", "l", "o"}


def test_queries_are_saved_for_their_logs(new_pool: Template) -> None:
    """Each is there, in the deployment's folder, over the log groups that it is about."""
    saved = {
        one["Name"]: (one["QueryString"], [group["Ref"] for group in one["LogGroupNames"]])
        for one in resources(new_pool, "AWS::Logs::QueryDefinition").values()
    }
    groups = {
        Log.AUTHORIZER: "SessionsAuthorizer",
        Log.ACCESS: "ExampleAccessLog",
        Log.OPERATORS: "OperatorLog",
    }
    assert set(saved) == {f"CognitoSessionAuthorizer/{query.name}" for query in QUERIES}
    for query in QUERIES:
        text, names = saved[f"CognitoSessionAuthorizer/{query.name}"]
        assert text == query.text
        assert all(
            name.startswith(groups[log]) for log, name in zip(query.logs, names, strict=True)
        )


@pytest.mark.parametrize(("alarm_ms", "query_ms"), [(200, 200), (500, 500), (1500, 500)])
def test_what_rings_for_slowness_is_found(alarm_ms: int, query_ms: int) -> None:
    """The query that the alarm sends one to looks at every decision that is as slow."""
    options = ObservabilityOptions(latency_alarm_ms=alarm_ms)
    (slow,) = [query for query in queries(options) if query.name == "slow-decisions"]
    assert f"stage_ms.total >= {query_ms}\n" in slow.text
