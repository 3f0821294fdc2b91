"""DynamoDB's condition and update expressions, read once each and then run as closures.

Millions of updates use a handful of texts, so each text is compiled the first time it is met.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from ledger.rows import KEY, LedgerError

Value = Mapping[str, Any]
Row = dict[str, Value]
Names = Mapping[str, str]
Values = Mapping[str, Value]
Condition = Callable[[Row, Names, Values], bool]
#: Changes its first argument by what the second one held before.
Update = Callable[[Row, Row, Names, Values], None]
Operand = Callable[[Row, Names, Values], Value]

_WORDS = re.compile(r"<=|>=|[=<>(),]|[#:]?\w+")
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": int.__lt__,
    "<=": int.__le__,
    ">": int.__gt__,
    ">=": int.__ge__,
}
_ABSENT: Value = {}


def refuse(code: str = "ValidationException") -> LedgerError:
    """What is raised for what DynamoDB refuses."""
    return LedgerError(code)


@lru_cache
def placeholders(*expressions: str) -> frozenset[str]:
    """Every placeholder that is used: DynamoDB refuses those that are not."""
    words = (word for text in expressions for word in _WORDS.findall(text))
    return frozenset(word for word in words if word[0] in "#:")


@lru_cache
def read_condition(text: str) -> Condition:
    """The condition of a write."""
    words = _Words(text)
    condition = _either(words)
    words.end()
    return condition


@lru_cache
def read_update(text: str) -> Update:
    """The change of a write: SET, REMOVE and ADD of single attributes."""
    words, steps = _Words(text), list[Update]()
    while not words.is_done:
        clause = words.take("SET", "REMOVE", "ADD")
        for _ in words.listed():
            steps.append(_step(clause, words))

    def update(row: Row, before: Row, names: Names, values: Values) -> None:
        for step in steps:
            step(row, before, names, values)

    return update


def _step(clause: str, words: _Words) -> Update:
    target = words.placeholder("#")
    if clause == "REMOVE":
        return lambda row, _before, names, _values: (row.pop(_name(names, target), None), None)[1]
    if clause == "SET":
        words.take("=")
    operand = words.placeholder(":")

    def write(row: Row, before: Row, names: Names, values: Values) -> None:
        name = _name(names, target)
        value = _value(values, operand)
        row[name] = value if clause == "SET" else _sum(before.get(name, {"N": "0"}), value)

    return write


def _either(words: _Words) -> Condition:
    left = _both(words)
    while words.skip("OR"):
        left = _joined(left, _both(words), any)
    return left


def _both(words: _Words) -> Condition:
    left = _single(words)
    while words.skip("AND"):
        left = _joined(left, _single(words), all)
    return left


def _joined(one: Condition, other: Condition, how: Callable[[Iterator[bool]], bool]) -> Condition:
    both = (one, other)
    return lambda row, names, values: how(holds(row, names, values) for holds in both)


def _single(words: _Words) -> Condition:
    if words.skip("("):
        inner = _either(words)
        words.take(")")
        return inner
    if words.skip("attribute_not_exists"):
        words.take("(")
        absent = words.placeholder("#")
        words.take(")")
        return lambda row, names, _values: _name(names, absent) not in row
    attribute = words.placeholder("#")
    comparator = words.take("=", *_COMPARE)
    operand = words.placeholder(":")

    def compare(row: Row, names: Names, values: Values) -> bool:
        left = row.get(_name(names, attribute), _ABSENT)
        right = _value(values, operand)
        if comparator == "=":
            return left == right
        if "N" not in left or "N" not in right:
            return False
        return _COMPARE[comparator](int(left["N"]), int(right["N"]))

    return compare


def _name(names: Names, placeholder: str) -> str:
    name = names.get(placeholder)
    if name is None or name == KEY:
        raise refuse()
    return name


def _value(values: Values, placeholder: str) -> Value:
    value = values.get(placeholder)
    if value is None:
        raise refuse()
    return value


def _sum(to: Value, by: Value) -> Value:
    if "N" not in to or "N" not in by:
        raise refuse()
    return {"N": str(int(to["N"]) + int(by["N"]))}


class _Words:
    """The words of an expression, in order."""

    def __init__(self, text: str) -> None:
        self._left = _WORDS.findall(text)

    @property
    def is_done(self) -> bool:
        return not self._left

    def end(self) -> None:
        if self._left:
            raise refuse()

    def skip(self, word: str) -> bool:
        if self._left[:1] != [word]:
            return False
        self._left.pop(0)
        return True

    def take(self, *allowed: str) -> str:
        if not self._left or self._left[0] not in allowed:
            raise refuse()
        return str(self._left.pop(0))

    def placeholder(self, sign: str) -> str:
        if not self._left or not self._left[0].startswith(sign):
            raise refuse()
        return str(self._left.pop(0))

    def listed(self) -> Iterator[None]:
        yield
        while self.skip(","):
            yield
