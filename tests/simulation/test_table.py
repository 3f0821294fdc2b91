"""The suite of the ledger's adapters, on the simulation's table."""

from __future__ import annotations

import pytest

from ledger.dynamodb import Calls
from ledger.rows import KEY, LedgerError
from simulation.table import Table
from tests.contracts.test_ledger_calls import (  # noqa: F401  # collected here once more
    Side,
    n,
    test_a_condition_that_fails_is_told_apart,
    test_a_session_ends_once,
    test_leases_and_verdicts,
    test_marks_on_issuing,
    test_rosters,
    test_tightening,
    test_watermarks_rise,
    test_what_dynamodb_refuses_is_an_outage,
    test_what_is_not_there_reads_empty,
    update,
)


@pytest.fixture
def calls() -> Calls:
    """The adapter under test, empty."""
    return Table()


@pytest.fixture
def side(calls: Calls) -> Side:
    """The side that the suite asks for."""
    return Side(calls)


def test_what_was_read_stays_as_it_was(side: Side) -> None:
    """A later write does not reach into an earlier answer."""
    update(side)
    before = side.read("row")
    update(side, ExpressionAttributeValues={":one": n(2)})
    assert (before, side.read("row")) == (
        [{KEY: {"S": "row"}, "a": n(1)}],
        [{KEY: {"S": "row"}, "a": n(2)}],
    )


@pytest.mark.parametrize(
    "expression",
    [
        "SET #a",
        "SET #a = ",
        "SET #a = :one nonsense",
        "DELETE #a :one",
        "SET :one = #a",
        "ADD #a #a",
    ],
)
def test_no_expression_is_half_understood(side: Side, expression: str) -> None:
    """What the table can't read it refuses, and writes nothing."""
    with pytest.raises(LedgerError):
        update(side, UpdateExpression=expression)
    assert side.read("row") == [{}]


@pytest.mark.parametrize("condition", ["#a", "#a <> :one", "attribute_exists(#a)", "(#a = :one"])
def test_no_condition_is_half_understood(side: Side, condition: str) -> None:
    """The same for conditions."""
    with pytest.raises(LedgerError):
        update(side, ConditionExpression=condition)
    assert side.read("row") == [{}]


def test_other_operations_are_refused(side: Side) -> None:
    """The ledger uses two."""
    with pytest.raises(LedgerError):
        side.calls("Scan", {}, side.deadline)


def test_one_key_twice_is_refused(side: Side) -> None:
    """As DynamoDB refuses it."""
    with pytest.raises(LedgerError):
        side.read("row", "row")
