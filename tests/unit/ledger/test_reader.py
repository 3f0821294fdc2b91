"""One BatchGetItem, and what is made of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ledger.dynamodb import ConditionFailedError
from ledger.reader import Reader
from ledger.rows import LedgerError
from tests.dynamodb import TABLE, FakeDynamoDb
from transport import Deadline

DEADLINE = Deadline(10, lambda: 0)


def test_rows_are_read_together_and_consistently() -> None:
    """All names go into one strongly consistent call."""
    table = FakeDynamoDb({"a": {"pk": {"S": "a"}, "n": {"N": "1"}}})
    assert Reader(TABLE, table).read(["a", "b"], DEADLINE) == {"a": table.rows["a"], "b": {}}
    [(operation, payload)] = table.asked
    assert operation == "BatchGetItem"
    assert payload["RequestItems"][TABLE]["ConsistentRead"] is True


def test_a_partial_answer_is_no_answer() -> None:
    """A row that was not read is never taken for one that does not exist."""
    table = FakeDynamoDb(is_partial=True)
    with pytest.raises(LedgerError, match="partial"):
        Reader(TABLE, table).read(["a", "b"], DEADLINE)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Responses": None},
        {"Responses": []},
        {"Responses": {TABLE: None}},
        {"Responses": {TABLE: [{}]}},
        {"Responses": {TABLE: ["text"]}},
        {"Responses": {TABLE: [{"pk": {"N": "1"}}]}},
    ],
)
def test_what_is_no_answer_to_the_question_is_an_error(answer: Any) -> None:
    """Nothing but the form of DynamoDB's own answer is read."""
    with pytest.raises(LedgerError):
        Reader(TABLE, lambda *_: answer).read(["a"], DEADLINE)


def test_a_failed_condition_is_no_answer_to_a_read() -> None:
    """An error of another operation is an outage like any unknown one."""

    def refuse(operation: str, payload: Mapping[str, Any], deadline: Deadline) -> Any:
        raise ConditionFailedError

    with pytest.raises(LedgerError):
        Reader(TABLE, refuse).read(["a"], DEADLINE)
