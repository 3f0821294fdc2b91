"""The error catalogue is closed: every reason has an answer, a use and a line in the README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from authorizer.errors import ANSWERS, DecisionError, Reason, refusal
from jose.faults import Fault

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for package in ("authorizer", "jose")
    for path in (ROOT / package).rglob("*.py")
    if path.name not in {"errors.py", "faults.py"}
}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_one_answer(reason: Reason) -> None:
    """Each reason belongs to one family, and the family has a status."""
    error = refusal(reason)
    assert type(error) is ANSWERS[reason]
    assert error.status in {401, 403, 503}
    assert str(error) == reason.value


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained_to_operators(reason: Reason) -> None:
    """README's table has a line for each reason, with the status it is answered with."""
    line = re.search(rf"^\| `{reason}` \| (\d+) \| .+ \| .+ \|$", README, re.MULTILINE)
    assert line is not None
    assert int(line[1]) == ANSWERS[reason].status


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_used(reason: Reason) -> None:
    """A reason that nothing gives is dead, and would be a lie in the table."""
    uses = (f"Reason.{reason.name}", f"Fault.{reason.name}")
    assert any(use in text for use in uses for text in SOURCES.values())


def test_the_families_are_three() -> None:
    """401, 403 and 503, and nothing beside them."""
    assert sorted(family.status for family in DecisionError.__subclasses__()) == [401, 403, 503]


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_of_a_token_is_a_reason(fault: Fault) -> None:
    """What can be wrong with a token has a reason of the same name."""
    assert Reason(fault.value).name == fault.name
