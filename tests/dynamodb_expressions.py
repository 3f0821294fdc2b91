"""Condition and update expressions of DynamoDB's, as far as a ledger has use for them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.rows import KEY, LedgerError

Value = dict[str, Any]
Row = dict[str, Value]

_TOKENS = re.compile(r"<>|<=|>=|[=<>(),+-]|[#:]?\w+")


class Terms:
    """Placeholders. DynamoDB refuses one that is not given, and one that is not used."""

    def __init__(self, names: Mapping[str, str], values: Mapping[str, Value]) -> None:
        self._names = names
        self._values = values
        self._used: set[str] = set()

    def name(self, placeholder: str) -> str:
        require(placeholder in self._names)
        self._used.add(placeholder)
        return self._names[placeholder]

    def value(self, placeholder: str) -> Value:
        require(placeholder in self._values)
        self._used.add(placeholder)
        return self._values[placeholder]

    def check_all_used(self) -> None:
        require(self._used == set(self._names) | set(self._values))


class Parser:
    """Conditions and updates, evaluated as they are read against the row as it stands."""

    def __init__(self, expression: str, terms: Terms, row: Row) -> None:
        self._tokens = _TOKENS.findall(expression)
        self._terms = terms
        self._row = row

    def whole_condition(self) -> bool:
        holds = self._either()
        require(not self._tokens)
        return holds

    def update(self, row: Row) -> None:
        while self._tokens:
            clause = self._tokens.pop(0)
            require(clause in {"SET", "REMOVE", "ADD"})
            for _ in self._listed():
                name = self._terms.name(self._tokens.pop(0))
                require(name != KEY)
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
        require(self._tokens[:1] == [token])
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
    require("N" in to and "N" in by)
    return {"N": str(int(to["N"]) + sign * int(by["N"]))}


def require(holds: bool, code: str = "ValidationException") -> None:
    """Refuse as DynamoDB does."""
    if not holds:
        raise LedgerError(code)
