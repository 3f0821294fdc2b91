"""SAM templates, as they are written."""

from __future__ import annotations

import pytest

from . import sam
from .attached import ApiKind
from .examples import FOLDER, lint, load
from .rules import problems

TEMPLATES = {"rest-api.yaml": ApiKind.REST, "http-api.yaml": ApiKind.HTTP}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_rule_holds(name: str) -> None:
    """Every event's route has the authorizer, which is told what it must be told."""
    attached = sam.read(load(FOLDER / "sam" / name))
    assert problems(attached) == []
    assert {each.kind for each in attached.authorizers.values()} == {TEMPLATES[name]}


@pytest.mark.parametrize("name", TEMPLATES)
def test_cfn_lint_finds_nothing(name: str) -> None:
    """The templates are sound in cfn-lint's eyes, which do not see far into SAM."""
    assert lint((FOLDER / "sam" / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_sam_finds_no_parameter_to_resolve(name: str) -> None:
    """SAM may put a parameter's default, here an SSM name, where its value belongs."""
    assert "Parameters" not in load(FOLDER / "sam" / name)
