"""A DynamoDB table that lives in memory, behind ``ledger.dynamodb.Calls``, and can misbehave.

It knows BatchGetItem and UpdateItem with the expressions that a ledger has use for, and refuses
what DynamoDB refuses. ``tests/contracts/test_ledger_calls.py`` holds it against moto's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.dynamodb import ConditionFailedError
from ledger.rows import KEY, LedgerError
from tests.dynamodb_expressions import Parser, Row, Terms, require
from transport import Deadline

TABLE = "sessions"


#: Bytes of UTF-8.
_LONGEST_KEY = 2048


@dataclass
class FakeDynamoDb:
    """One table. Counts what it is asked; each of the knobs makes it fail in one way."""

    rows: dict[str, Row] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    failure: LedgerError | None = None
    """Every call fails with it, and nothing is written."""
    failing_operations: frozenset[str] = frozenset({"BatchGetItem", "UpdateItem"})
    """The operations that ``failure`` concerns."""
    loses_answers: bool = False
    """Writes are carried out, but nobody hears of it."""
    is_partial: bool = False
    """A batch is answered without its last key."""
    before: Callable[[str], object] = lambda _operation: None
    """Called with the operation's name before it is carried out."""

    def __call__(
        self, operation: str, payload: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`ledger.dynamodb.Calls`."""
        if deadline.remaining_seconds() <= 0:
            raise LedgerError("timed out")
        self.before(operation)
        self.asked.append((operation, payload))
        if self.failure is not None and operation in self.failing_operations:
            raise self.failure
        if operation == "BatchGetItem":
            return self._batch_get(payload)
        assert operation == "UpdateItem"
        self._update(payload)
        if self.loses_answers:
            raise LedgerError("timed out")
        return {}

    @property
    def counts(self) -> Counter[str]:
        """How often each operation was asked for."""
        return Counter(operation for operation, _ in self.asked)

    def reads_of(self, name: str) -> int:
        """How often a row was read."""
        return sum(
            {KEY: {"S": name}} in payload["RequestItems"][TABLE]["Keys"]
            for operation, payload in self.asked
            if operation == "BatchGetItem"
        )

    def number(self, name: str, attribute: str) -> int:
        """A number in a row; 0 if it isn't there."""
        return int(self.rows.get(name, {}).get(attribute, {"N": "0"})["N"])

    def expire(self, now: float) -> None:
        """Delete what may be deleted, as DynamoDB does some time after ``ttl``."""
        self.rows = {
            name: row
            for name, row in self.rows.items()
            if "ttl" not in row or int(row["ttl"]["N"]) > now
        }

    def _batch_get(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        [(table, wanted)] = payload["RequestItems"].items()
        require(table == TABLE, "ResourceNotFoundException")
        require(wanted["ConsistentRead"] is True, "the fake knows no other reads")
        names = [key[KEY]["S"] for key in wanted["Keys"]]
        require(0 < len(names) <= 100 and len(set(names)) == len(names))
        for name in names:
            _check_key(name)
        left = {}
        if self.is_partial:
            left = {table: {"Keys": [{KEY: {"S": names.pop()}}], "ConsistentRead": True}}
        found = [_copy(self.rows[name]) for name in names if name in self.rows]
        return {"Responses": {table: found}, "UnprocessedKeys": left}

    def _update(self, payload: Mapping[str, Any]) -> None:
        require(payload["TableName"] == TABLE, "ResourceNotFoundException")
        name = payload["Key"][KEY]["S"]
        _check_key(name)
        terms = Terms(
            payload["ExpressionAttributeNames"], payload.get("ExpressionAttributeValues", {})
        )
        row = self.rows.get(name, {})
        holds = True
        if "ConditionExpression" in payload:
            parser = Parser(payload["ConditionExpression"], terms, row)
            holds = parser.whole_condition()
        changed = _copy(row) | {KEY: {"S": name}}
        Parser(payload["UpdateExpression"], terms, row).update(changed)
        terms.check_all_used()
        if not holds:
            raise ConditionFailedError
        self.rows[name] = changed


def _copy(value: Any) -> Any:
    """Of what a row holds: a deep one, in a fraction of the time of the library's."""
    if isinstance(value, dict):
        return {name: _copy(part) for name, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def _check_key(name: str) -> None:
    require(0 < len(name.encode()) <= _LONGEST_KEY)
