"""Reads rows: one BatchGetItem a decision at most, strongly consistent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.dynamodb import Calls, ConditionFailedError
from ledger.rows import KEY, Item, LedgerError
from transport import Deadline


class Reader:
    """Reads from one table."""

    def __init__(self, table: str, calls: Calls) -> None:
        self._table = table
        self._calls = calls

    def read(self, names: Sequence[str], deadline: Deadline) -> dict[str, Item]:
        """The items of these names; one that does not exist is empty.

        Raises:
            LedgerError: when not every one of them could be read. A row that was not read is
                never taken for one that does not exist.
        """
        wanted = {
            "Keys": [{KEY: {"S": name}} for name in names],
            # A mark must be seen by the very next read, not within the second that an eventually
            # consistent one may lag.
            "ConsistentRead": True,
        }
        try:
            answer = self._calls("BatchGetItem", {"RequestItems": {self._table: wanted}}, deadline)
        except ConditionFailedError:
            raise LedgerError("a condition failed that nobody made") from None
        if answer.get("UnprocessedKeys"):
            raise LedgerError("partial answer")
        found = _items(answer, self._table)
        return {name: found.get(name, {}) for name in names}


def _items(answer: Mapping[str, Any], table: str) -> dict[str, Item]:
    try:
        items = answer["Responses"].get(table, [])
        return {item[KEY]["S"]: item for item in items}
    except (KeyError, TypeError, AttributeError):
        raise LedgerError("not an answer to BatchGetItem") from None
