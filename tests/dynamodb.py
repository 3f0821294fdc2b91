"""A DynamoDB table that lives in memory, behind ``ledger.dynamodb.Calls``, and can misbehave.

It knows BatchGetItem and UpdateItem with the expressions that a ledger has use for, and refuses
what DynamoDB refuses. ``tests/contracts/test_ledger_calls.py`` holds it against moto's.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.dynamodb import ConditionFailedError
from ledger.rows import KEY, LedgerError
from transport import Deadline

TABLE = "sessions"

Value = dict[str, Any]
Row = dict[str, Value]

#: Bytes of UTF-8.
_LONGEST_KEY = 2048
_TOKENS = re.compile(r"<>|<=|>=|[=<>(),+-]|[#:]?\w+")


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
        _require(table == TABLE, "ResourceNotFoundException")
        _require(wanted["ConsistentRead"] is True, "the fake knows no other reads")
        names = [key[KEY]["S"] for key in wanted["Keys"]]
        _require(0 < len(names) <= 100 and len(set(names)) == len(names))
        for name in names:
            _check_key(name)
        left = {}
        if self.is_partial:
            left = {table: {"Keys": [{KEY: {"S": names.pop()}}], "ConsistentRead": True}}
        found = [copy.deepcopy(self.rows[name]) for name in names if name in self.rows]
        return {"Responses": {table: found}, "UnprocessedKeys": left}

    def _update(self, payload: Mapping[str, Any]) -> None:
        _require(payload["TableName"] == TABLE, "ResourceNotFoundException")
        name = payload["Key"][KEY]["S"]
        _check_key(name)
        terms = _Terms(
            payload["ExpressionAttributeNames"], payload.get("ExpressionAttributeValues", {})
        )
        row = self.rows.get(name, {})
        holds = True
        if "ConditionExpression" in payload:
            parser = _Parser(payload["ConditionExpression"], terms, row)
            holds = parser.whole_condition()
        changed = copy.deepcopy(row) | {KEY: {"S": name}}
        _Parser(payload["UpdateExpression"], terms, row).update(changed)
        terms.check_all_used()
        if not holds:
            raise ConditionFailedError
        self.rows[name] = changed


class _Terms:
    """Placeholders. DynamoDB refuses one that is not given, and one that is not used."""

    def __init__(self, names: Mapping[str, str], values: Mapping[str, Value]) -> None:
        self._names = names
        self._values = values
        self._used: set[str] = set()

    def name(self, placeholder: str) -> str:
        _require(placeholder in self._names)
        self._used.add(placeholder)
        return self._names[placeholder]

    def value(self, placeholder: str) -> Value:
        _require(placeholder in self._values)
        self._used.add(placeholder)
        return self._values[placeholder]

    def check_all_used(self) -> None:
        _require(self._used == set(self._names) | set(self._values))


class _Parser:
    """Conditions and updates, evaluated as they are read against the row as it stands."""

    def __init__(self, expression: str, terms: _Terms, row: Row) -> None:
        self._tokens = _TOKENS.findall(expression)
        self._terms = terms
        self._row = row

    def whole_condition(self) -> bool:
        holds = self._either()
        _require(not self._tokens)
        return holds

    def update(self, row: Row) -> None:
        while self._tokens:
            clause = self._tokens.pop(0)
            _require(clause in {"SET", "REMOVE", "ADD"})
            for _ in self._listed():
                name = self._terms.name(self._tokens.pop(0))
                _require(name != KEY)
                if clause == "SET":
                    self._expect("=")
                    row[name] = self._operand_sum()
                elif clause == "ADD":
                    by = self._terms.value(self._tokens.pop(0))
                    row[name] = _add(self._row.get(name, {"N": "0"}), by)
                else:
                    row.pop(name, None)

    def _listed(self) -> Iterator[None]:
        yield
        while self._tokens[:1] == [","]:
            self._tokens.pop(0)
            yield

    def _either(self) -> bool:
        holds = self._both()
        while self._tokens[:1] == ["OR"]:
            self._tokens.pop(0)
            holds = self._both() or holds
        return holds

    def _both(self) -> bool:
        holds = self._single()
        while self._tokens[:1] == ["AND"]:
            self._tokens.pop(0)
            holds = self._single() and holds
        return holds

    def _single(self) -> bool:
        if self._tokens[0] == "NOT":
            self._tokens.pop(0)
            return not self._single()
        if self._tokens[0] == "(":
            self._tokens.pop(0)
            holds = self._either()
            self._expect(")")
            return holds
        if self._tokens[0] in {"attribute_exists", "attribute_not_exists"}:
            wants = self._tokens.pop(0) == "attribute_exists"
            self._expect("(")
            name = self._terms.name(self._tokens.pop(0))
            self._expect(")")
            return (name in self._row) is wants
        left = self._operand_sum()
        comparator = self._tokens.pop(0)
        return _compare(left, comparator, self._operand_sum())

    def _operand_sum(self) -> Value:
        value = self._operand()
        while self._tokens[:1] in (["+"], ["-"]):
            sign = self._tokens.pop(0)
            value = _add(value, self._operand(), -1 if sign == "-" else 1)
        return value

    def _operand(self) -> Value:
        token = self._tokens.pop(0)
        if token == "if_not_exists":
            self._expect("(")
            name = self._terms.name(self._tokens.pop(0))
            self._expect(",")
            other = self._operand()
            self._expect(")")
            return self._row.get(name, other)
        if token.startswith(":"):
            return self._terms.value(token)
        return self._row.get(self._terms.name(token), {})

    def _expect(self, token: str) -> None:
        _require(self._tokens[:1] == [token])
        self._tokens.pop(0)


def _compare(left: Value, comparator: str, right: Value) -> bool:
    """Of two values of different types, and of one that is absent, nothing holds but ``<>``."""
    if comparator == "=":
        return left == right
    if comparator == "<>":
        return left != right
    if "N" not in left or "N" not in right:
        return False
    a, b = int(left["N"]), int(right["N"])
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[comparator]


def _add(to: Value, by: Value, sign: int = 1) -> Value:
    _require("N" in to and "N" in by)
    return {"N": str(int(to["N"]) + sign * int(by["N"]))}


def _check_key(name: str) -> None:
    _require(0 < len(name.encode()) <= _LONGEST_KEY)


def _require(holds: bool, code: str = "ValidationException") -> None:
    if not holds:
        raise LedgerError(code)
