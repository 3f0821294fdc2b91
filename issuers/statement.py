"""What a deployment states in a JSON list of objects: read by type, problems recorded together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from environment import EnvironmentReader
from environment.reader import LOOPBACK_HOSTS

MAX_STATEMENTS = 10

Choice = TypeVar("Choice", bound=StrEnum)


class Algorithm(StrEnum):
    """Signature algorithms that can be stated for an issuer (RFC 7518, section 3.1)."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"


class Statement:
    """One member of the list. Every reader records what can't be used, and returns a stand-in."""

    def __init__(
        self,
        read: EnvironmentReader,
        variable: str,
        name: str,
        document: Any,
        *,
        allows_loopback: bool,
    ) -> None:
        self._read = read
        self._variable = variable
        self._name = name
        self._document: Mapping[str, Any] = document if isinstance(document, dict) else {}
        self._allows_loopback = allows_loopback

    def hold_to(self, members: frozenset[str]) -> None:
        """A member of another name is a problem: a slip must not go unseen."""
        unknown = sorted(set(self._document) - members)
        if unknown:
            self.problem(f"has no setting {', '.join(map(repr, unknown))}")

    def problem(self, what: str) -> None:
        """Record a problem, with the variable's name and the place in the list."""
        self._read.problem(self._variable, f"{self._name} {what}")

    def text(self, name: str) -> str:
        """A name without white space; empty if it is not there."""
        value = self._document.get(name, "")
        if not isinstance(value, str) or value.split() not in ([], [value]):
            self.problem(f"needs a name without white space as {name}")
            return ""
        return value

    def names(self, name: str) -> frozenset[str]:
        """A list of names without white space; empty if it is not there."""
        values = self._document.get(name, [])
        if not isinstance(values, list) or not all(
            isinstance(value, str) and value.split() == [value] for value in values
        ):
            self.problem(f"needs a list of names as {name}")
            return frozenset()
        return frozenset(values)

    def flag(self, name: str, *, default: bool) -> bool:
        """A truth value."""
        value = self._document.get(name, default)
        if not isinstance(value, bool):
            self.problem(f"needs true or false as {name}")
            return default
        return value

    def choice(self, name: str, options: type[Choice], default: Choice) -> Choice:
        """One of some values."""
        value = self._document.get(name, default.value)
        try:
            return options(value)
        except ValueError:
            self.problem(f"needs one of {', '.join(options)} as {name}")
            return default

    def algorithms(self) -> frozenset[Algorithm]:
        """What the issuer signs by; RS256 if nothing is stated."""
        names = self.names("algorithms")
        if not names <= set(Algorithm):
            self.problem(f"needs some of {', '.join(Algorithm)} as algorithms")
            return frozenset()
        return frozenset(map(Algorithm, names)) or frozenset({Algorithm.RS256})

    def address(self, name: str) -> str | None:
        """An https address without user, query and fragment; None if it is not there."""
        value = self._document.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not self._is_address(value):
            self.problem(f"needs an https:// address without user, query or fragment as {name}")
            return None
        return value

    def _is_address(self, text: str) -> bool:
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return False
        is_local = self._allows_loopback and parts.scheme == "http" and host in LOOPBACK_HOSTS
        return (
            (parts.scheme == "https" or is_local)
            and bool(host)
            and parts.username is None
            and "?" not in text
            and "#" not in text
            and text.isascii()
            and text.split() == [text]
        )


def read_statements(
    read: EnvironmentReader,
    variable: str,
    noun: str,
    members: frozenset[str],
    *,
    allows_loopback: bool,
) -> tuple[Statement, ...]:
    """The members of a JSON list in a variable, each held to the names of its members.

    Args:
        read: the environment; problems are recorded with it.
        variable: holds the list. None is an empty one.
        noun: what one member is called in problems.
        members: the names that a member's settings may have.
        allows_loopback: whether addresses may be plain ones of this machine: local stacks only.
    """
    try:
        documents = json.loads(read.text(variable, "[]"))
    except (ValueError, RecursionError):
        documents = None
    if not isinstance(documents, list) or len(documents) > MAX_STATEMENTS:
        read.problem(variable, f"must be a JSON list of at most {MAX_STATEMENTS} {noun}s")
        return ()
    statements = tuple(
        Statement(read, variable, f"{noun} {number}", document, allows_loopback=allows_loopback)
        for number, document in enumerate(documents, start=1)
    )
    for statement in statements:
        statement.hold_to(members)
    return statements
