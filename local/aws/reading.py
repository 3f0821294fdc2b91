"""How a resource of one type is read back, and what of the template can be compared with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from local.aws.clients import Clients
from local.aws.resource_type import Properties

#: What is there, as the service says: names are compared in any case.
Actual = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One type's row.

    Attributes:
        read: asks the service, by physical id and by what the template means.
        renamed: the service's names of properties whose names are really different.
        found_by: properties by which ``read`` finds it; that it was found is their comparison.
        needed: further properties that ``read`` is told.
        unread: properties that cannot be compared, each with the reason.
        exact: properties in which nothing may be that the template does not have.
        attributes: the values of ``Fn::GetAtt``, from what was read.
        has_presence: whether one that is deleted cannot be read any more.
    """

    read: Callable[[Clients, str, Properties], Actual]
    renamed: Mapping[str, str] = field(default_factory=dict)
    found_by: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()
    attributes: Mapping[str, Callable[[Actual], Any]] = field(default_factory=dict)
    has_presence: bool = True

    def problem(self, name: str, meant: Any, actual: Actual) -> str | None:
        """What is wrong with a property; None if nothing is."""
        found = _member(actual, self.renamed.get(name, name))
        if matches(meant, found, is_exact=name in self.exact):
            return None
        return f"{name} should be {_short(meant)} and is {_short(found)}"


def matches(meant: Any, actual: Any, *, is_exact: bool = False) -> bool:
    """Whether ``actual`` says what is meant.

    Names are compared in any case, lists in any order, and numbers and truth values with their
    texts. A document may come as text. What else an object holds does not matter, unless
    ``is_exact``.
    """
    if isinstance(meant, dict):
        document = _document(actual)
        if not isinstance(document, dict) or (is_exact and len(document) != len(meant)):
            return False
        return all(
            matches(value, _member(document, name), is_exact=is_exact)
            for name, value in meant.items()
        )
    if isinstance(meant, list):
        if not isinstance(actual, list) or len(actual) != len(meant):
            return False
        left = list(actual)
        for wanted in meant:
            same = [item for item in left if matches(wanted, item, is_exact=is_exact)]
            if not same:
                return False
            left.remove(same[0])
        return True
    return actual is not None and _text(meant) == _text(actual)


def _member(actual: Mapping[str, Any], name: str) -> Any:
    if name in actual:
        return actual[name]
    return next((value for own, value in actual.items() if own.lower() == name.lower()), None)


def _document(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    for text in (value, unquote(value)):
        try:
            return json.loads(text)
        except ValueError:
            continue
    return value


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 200 else f"{text[:200]}…"
