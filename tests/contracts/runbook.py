"""Reads ``docs/operations.md``: what it tells people to type, and what it says is printed.

And what is deployed, which it is held against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack
from tests.infra.conftest import CONTEXT
from tests.ops.command_lines import program_arguments

PROJECT = Path(__file__).resolve().parents[2]
RUNBOOK = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")

_FENCE = re.compile(
    r"^ *```(?P<kind>\w+) ?(?P<situation>[^\n]*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Shown:
    """A block of output.

    Attributes:
        command: the last command line above it.
        situation: in which it is printed; "" for an ordinary one.
        lines: what is printed, frames of tables left out.
    """

    command: str
    situation: str
    lines: tuple[str, ...]


def _blocks() -> Iterator[tuple[str, str, str]]:
    for match in _FENCE.finditer(RUNBOOK):
        yield match["kind"], match["situation"], match["body"]


def command_lines() -> list[str]:
    """Every line that is to be typed, from blocks and from sentences."""
    blocks = "\n".join(body for kind, _, body in _blocks() if kind == "console")
    inline = _INLINE.findall(_FENCE.sub("", RUNBOOK))
    return [line.strip() for line in [*blocks.replace("\\\n", " ").splitlines(), *inline] if line]


def program_lines() -> list[str]:
    """Lines that call the program."""
    return [line for line in command_lines() if program_arguments(line)]


def outputs() -> list[Shown]:
    """Every block of output with its command."""
    found, last = [], ""
    for kind, situation, body in _blocks():
        if kind == "console":
            last = next((line for line in reversed(body.splitlines()) if "-m ops " in line), "")
        elif kind == "text":
            found.append(Shown(last.strip(), situation, tuple(body.strip().splitlines())))
    return found


def instead_of_the_feed() -> dict[str, list[str]]:
    """For each event that may be a dead letter, what is typed in the place of its mark."""
    section = RUNBOOK.partition("### feed-dead-letters")[2].partition("\n### ")[0]
    return {
        event: program_arguments(row[3].strip(" `")) or []
        for line in section.splitlines()
        if "-m ops" in line
        for row in [line.split("|")]
        for event in re.findall(r"`(\w+)`", row[1])
    }


def anchors(text: str) -> list[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    prose = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def synthesized(overrides: Mapping[str, str]) -> Mapping[str, Any]:
    """The template of a deployment with settings overridden as on the command line."""
    app = cdk.App(context={**CONTEXT, **overrides})
    settings = DeploymentSettings.from_context(app.node.get_all_context())
    template = Template.from_stack(SessionAuthorizerStack(app, settings))
    return template.to_json()


def of_type(template: Mapping[str, Any], *kinds: str) -> list[Mapping[str, Any]]:
    """Properties of a template's resources of these types."""
    resources = template["Resources"].values()
    return [one["Properties"] for one in resources if one["Type"] in kinds]
