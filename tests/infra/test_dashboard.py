"""The dashboard: complete, in order, on CloudWatch's grid, and true."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Template

from authorizer.settings import Settings
from infra.observability import Observability, ObservabilityOptions, Watched
from infra.observability.graphs import Color
from infra.observability.health_graphs import KEY_MAX_AGE_SECONDS
from receivers.transmitters import Kind

from .conftest import ROUTES, MakeStack, only
from .test_alarms import authorizer
from .test_environment import deployed, environment_of

COLUMNS, ROWS = 24, 5


def body_of(template: Template) -> dict[str, Any]:
    """The dashboard as CloudWatch gets it."""
    text = deployed(only(template, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    body: dict[str, Any] = json.loads(text)
    return body


def titles(body: dict[str, Any]) -> list[str]:
    """In the order in which they are read."""
    widgets = sorted(body["widgets"], key=lambda widget: (widget["y"], widget["x"]))
    return [widget["properties"].get("title", "") for widget in widgets]


def test_what_is_asked_first_stands_first(new_pool: Template) -> None:
    """Alarms, then whether it is up, who is refused and how near the quota is."""
    assert [title.partition("?")[0] for title in titles(body_of(new_pool))][:5] == [
        "",
        "Is anything wrong",
        "Is it up",
        "Who is refused, and why",
        "How near is the quota",
    ]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"ledger": False},
        {"sessionMode": "off"},
        {"sessionMode": "off", "ledger": False},
        {"signOut": True},
        ROUTES,
    ],
)
def test_rows_are_full(make_stack: MakeStack, members: dict[str, Any]) -> None:
    """Five rows, or six, without gaps or overlaps, whatever there is to show."""
    widgets = body_of(Template.from_stack(make_stack(**members)))["widgets"]
    taken = {
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    }
    assert len({widget["y"] for widget in widgets}) == ROWS + ("signOut" in members)
    assert len(taken) == sum(widget["width"] * widget["height"] for widget in widgets)
    assert len(taken) == COLUMNS * (1 + max(y for _, y in taken))


def test_what_there_is_not_is_not_drawn(make_stack: MakeStack) -> None:
    """Without ledger, hook and feed there are no empty graphs of them."""
    named = titles(body_of(Template.from_stack(make_stack(sessionMode="off", ledger=False))))
    assert not [title for title in named if "hook" in title or "feed" in title]
    assert not [title for title in named if title.startswith("Does the ledger")]
    assert not [title for title in named if "sign-out" in title or "signed out" in title]


def test_a_push_that_cognito_refused_is_drawn(with_routes: Template) -> None:
    """Of each kind of receiver, beside pushes for users that Cognito does not have."""
    (graph,) = [
        widget["properties"]
        for widget in body_of(with_routes)["widgets"]
        if widget["properties"].get("title", "").startswith("Do pushed sign-outs arrive?")
    ]
    for outcome in ("not_signed_out", "user_unknown"):
        drawn = [metric for metric in graph["metrics"] if metric[1] == f"Received_{outcome}"]
        assert {metric[5] for metric in drawn} == {kind.value for kind in Kind}
        assert (outcome == "user_unknown") is (drawn[0][-1]["color"] != Color.BAD)


def test_every_alarm_is_shown(new_pool: Template) -> None:
    """The strip on top has all of them, the one that speaks for several first."""
    (strip,) = [w for w in body_of(new_pool)["widgets"] if w["type"] == "alarm"]
    shown = strip["properties"]["alarms"]
    kinds = new_pool.find_resources("AWS::CloudWatch::Alarm")
    (composite,) = new_pool.find_resources("AWS::CloudWatch::CompositeAlarm")
    assert shown[0] == f"{composite}.Arn"
    assert sorted(shown[1:]) == sorted(f"{alarm}.Arn" for alarm in kinds)


def test_the_text_declares_the_delays(stack: cdk.Stack) -> None:
    """Each authorizer's worst case stands on top, of those handed out later, too."""
    sessions = authorizer(stack)
    Observability(stack, "Observability", watched=Watched(sessions=sessions))
    api = apigateway.RestApi(stack, "Rest")
    guard = sessions.rest_authorizer(api, "Late", ttl_seconds=7)
    api.root.add_method("GET", apigateway.MockIntegration(), authorizer=guard)
    text = body_of(Template.from_stack(stack))["widgets"][0]["properties"]["markdown"]
    assert "| Late | **22 s** | no ledger |" in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("docs/operations.md", "Runbook: `docs/operations.md`."),
        ("https://wiki.example.com/run.md", "Runbook: [run.md](https://wiki.example.com/run.md)."),
    ],
)
def test_the_text_leads_to_the_runbook(stack: cdk.Stack, url: str, shown: str) -> None:
    """A link where a browser could follow one, else where the file is."""
    Observability(
        stack,
        "Observability",
        watched=Watched(sessions=authorizer(stack)),
        options=ObservabilityOptions(runbook_url=url),
    )
    text = body_of(Template.from_stack(stack))["widgets"][0]["properties"]["markdown"]
    assert shown in text


@pytest.mark.parametrize(
    "dimensions", [{"Resource", "Service", "Type"}, {"Class", "Resource", "Service", "Type"}]
)
def test_cognitos_own_count_is_found(new_pool: Template, dimensions: set[str]) -> None:
    """With a class or without, for a search takes what has just the dimensions that it names."""
    searched = re.findall(r"SEARCH\('\{AWS/Usage,([A-Za-z,]+)\}", json.dumps(body_of(new_pool)))
    assert dimensions in [set(names.split(",")) for names in searched]


def test_quota_and_limits_are_drawn(make_stack: MakeStack) -> None:
    """The lines are at what was set, and at the age from which keys are old."""
    template = Template.from_stack(make_stack(getUserQuota=300, latencyAlarmMs=800))
    lines = {
        widget["properties"]["title"].partition("?")[0]: [
            line["value"] for line in widget["properties"]["annotations"]["horizontal"]
        ]
        for widget in body_of(template)["widgets"]
        if "annotations" in widget["properties"]
    }
    assert lines == {
        "How near is the quota": [300, 240],
        "How long does a decision take": [800],
        "How old are the signing keys": [KEY_MAX_AGE_SECONDS],
    }
    settings = Settings.from_env(environment_of(template, "Authorizer"))
    assert settings.keys.max_age_seconds == KEY_MAX_AGE_SECONDS


def test_counts_are_by_the_minute_at_any_zoom(new_pool: Template) -> None:
    """What is divided by a minute's seconds is never summed over more of them."""
    body = body_of(new_pool)
    assert body["periodOverride"] == "inherit"
    for widget in body["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            assert "SEARCH" in json.dumps(metric) or metric[-1]["period"] == 60


def test_its_address_is_an_output(new_pool: Template) -> None:
    """The output leads to the dashboard of the deployment's name."""
    name = only(new_pool, "AWS::CloudWatch::Dashboard")["DashboardName"]
    url = deployed(new_pool.find_outputs("DashboardUrl")["DashboardUrl"]["Value"])
    assert url.endswith(f"region=eu-west-1#dashboards/dashboard/{name}")
