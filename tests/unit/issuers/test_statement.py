"""Members of a list that a deployment states, by type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from environment import EnvironmentReader, SettingsError
from issuers.statement import Statement, read_statements


def read_one(document: Any) -> tuple[EnvironmentReader, Statement]:
    read = EnvironmentReader({"THINGS": json.dumps([document])})
    [statement] = read_statements(
        read, "THINGS", "thing", frozenset({"is_on"}), allows_loopback=False
    )
    return read, statement


@pytest.mark.parametrize(("document", "expected"), [({}, True), ({"is_on": False}, False)])
def test_a_truth_value(document: dict[str, bool], expected: bool) -> None:
    """As it is stated, else the default."""
    read, statement = read_one(document)
    assert statement.flag("is_on", default=True) is expected
    read.finish()


@pytest.mark.parametrize("value", [0, 1, "true", None, []])
def test_what_is_no_truth_value(value: Any) -> None:
    """Nothing is taken for true or false that is not, and the problem says where."""
    read, statement = read_one({"is_on": value})
    assert statement.flag("is_on", default=True) is True
    with pytest.raises(SettingsError) as raised:
        read.finish()
    assert raised.value.problems == ("THINGS: thing 1 needs true or false as is_on",)
