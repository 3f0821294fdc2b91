"""Where the examples are, how their files are read, and what cfn-lint says of a template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cfnlint import api, decode

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "attach"

#: Findings in what other tools generate, which nobody here can change.
GENERATED = ("W3005",)


def load(path: Path) -> Mapping[str, Any]:
    """A YAML or JSON file in which CloudFormation's short forms may stand."""
    template, problems = decode.decode(str(path))
    assert not problems, problems
    assert isinstance(template, dict)
    return template


def lint(text: str, *, ignored: tuple[str, ...] = ()) -> list[str]:
    """What cfn-lint finds in a template's text, warnings too."""
    config = api.ManualArgs(regions=["eu-west-1"], ignore_checks=list(ignored))
    return [f"{match.rule.id} {match.message}" for match in api.lint(text, config=config)]
