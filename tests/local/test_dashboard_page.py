"""The page that shows the dashboard without an account: complete, true to the definition, safe."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np
import pytest

from local.dashboard import __main__ as program
from local.dashboard.definition import Definition, synthesized
from local.dashboard.lines import lines_of
from local.dashboard.page import page
from local.dashboard.sample import MINUTES

#: Only what stands behind these members may be missing in the sample: it never happened.
_EMPTY = {"by old keys", "unchecked, in an outage", "shadow: would be refused"}


@pytest.fixture(scope="module")
def definition() -> Definition:
    """Of the settings in cdk.json."""
    return synthesized()


@pytest.fixture(scope="module")
def html(definition: Definition) -> str:
    """The page."""
    return page(definition)


def test_every_widget_is_on_the_page(definition: Definition, html: str) -> None:
    """Each graph is drawn under its title, and each has something to show."""
    graphs = [w["properties"] for w in definition.body["widgets"] if w["type"] == "metric"]
    assert html.count("<svg") == html.count("</svg>") == len(graphs) == 12
    for properties in graphs:
        assert f"<h3>{escape(properties['title'])}</h3>" in html
        lines = lines_of(properties)
        assert {len(line.values) for line in lines} == {MINUTES}
        assert any(not np.isnan(line.values).all() for line in lines)


def test_every_line_is_named(definition: Definition, html: str) -> None:
    """What has happened is in a legend, and what has not is in none."""
    drawn = {
        (line.label, bool(np.isnan(line.values).all()))
        for widget in definition.body["widgets"]
        if widget["type"] == "metric"
        for line in lines_of(widget["properties"])
    }
    texts = set(re.findall(r">([^<>]+)</text>", html))
    for label, is_empty in drawn:
        assert (escape(label, quote=False) in texts) is not is_empty
    assert {label for label, is_empty in drawn if is_empty} >= _EMPTY


def test_every_alarm_is_on_the_page(definition: Definition, html: str) -> None:
    """With its name, its state and what is to be done."""
    assert len(definition.alarms) == html.count("<li ")
    for alarm in definition.alarms.values():
        assert f">{alarm['AlarmName'].partition('-')[2]}<" in html
        assert escape(alarm["AlarmDescription"]) in html


def test_the_text_on_top_is_marked_up(html: str) -> None:
    """Its table of delays is a table."""
    assert "<td><strong>20 s</strong></td>" in html


def test_it_is_the_same_each_time(definition: Definition, html: str) -> None:
    """No clock, no chance: a change of the page is a change of the definition."""
    assert page(definition) == html


def test_it_asks_nobody(html: str) -> None:
    """No script, and nothing fetched from anywhere."""
    assert not re.search(r"<script|<link|<iframe|@import|url\(http|(?:src|href)=.http", html)


def test_a_definition_is_no_html(definition: Definition) -> None:
    """What stands in a title, a name or the text is shown and not obeyed."""
    text = json.dumps(definition.body).replace("Is it up?", "<script>1</script>")
    text = text.replace("Runbook", "<script>2</script>")
    body = json.loads(text)
    alarms = {
        arn: {**alarm, "AlarmDescription": '"><script>3</script>'}
        for arn, alarm in definition.alarms.items()
    }
    assert "<script>" not in page(replace(definition, body=body, alarms=alarms))


@pytest.mark.parametrize(
    "members",
    [
        {"sessionMode": "off", "ledger": False},
        {"sessionMode": "ledger", "sessionLimit": 2, "observability": True},
    ],
)
def test_other_deployments_are_drawn_too(members: dict[str, object]) -> None:
    """Whatever parts there are, every widget is known here."""
    made = synthesized(**members)
    graphs = sum(widget["type"] == "metric" for widget in made.body["widgets"])
    assert page(made).count("<svg") == graphs


def test_the_command_writes_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, html: str
) -> None:
    """Into the file that it is told."""
    file = tmp_path / "dashboard.html"
    monkeypatch.setattr(sys, "argv", ["local.dashboard", "--out", str(file)])
    program.main()
    assert file.read_text(encoding="utf-8") == html
