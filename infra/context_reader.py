"""Reads typed values from CDK context, remembers every problem, and raises them together.

The twin of :class:`environment.EnvironmentReader` for what stands in ``cdk.json`` (JSON
values) or behind ``-c`` on the command line (text): both spellings of a value are accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

#: The one object in ``cdk.json``'s context that holds all settings, and the prefix of the keys
#: that override single members of it: ``-c authorizer:verdictTtlSeconds=5``.
NAMESPACE = "authorizer"

#: Objects like that one by the name of a stage, and which of them is merged over it:
#: ``-c environment=prod``.
ENVIRONMENTS, ENVIRONMENT = "environments", "environment"

_OWN_KEYS = (NAMESPACE, ENVIRONMENT, ENVIRONMENTS)
_PREFIX = f"{NAMESPACE}:"
# From here on a key is taken for one of these, misspelt: "authoriser" comes to 0.9, and
# "environmentName", which may be another construct's, to 0.846.
_MISSPELT_RATIO = 0.85


class ContextError(Exception):
    """The context cannot be used. ``problems`` lists them all, each with its context key."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            f"context settings under {NAMESPACE!r} cannot be used:\n"
            + "\n".join(f"  - {problem}" for problem in problems)
        )
        self.problems = tuple(problems)


class ContextReader:
    """Reads the members of the settings object; :meth:`finish` raises what went wrong.

    A member that is absent, null or an empty text means the default. After a problem the
    default is returned, so that reading goes on and the operator sees the whole list.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        """
        Args:
            context: the whole CDK context, with whatever other keys it has.
        """
        self._problems: list[str] = []
        self._members = self._merge(context)
        #: Every setting that was asked for, whether the context has it or not.
        self._known: set[str] = set()
        self._keys_beside = sorted(
            key for key in context if key not in _OWN_KEYS and not key.startswith(_PREFIX)
        )

    def problem(self, key: str, what: str) -> None:
        """Record that the member ``key`` cannot be used, and why."""
        self._problems.append(f"{key}: {what}")

    def finish(self) -> None:
        """Raise :class:`ContextError` if anything was wrong, an unknown member included, and a
        setting that stands where nobody reads it. Every setting has been read by then.
        """
        for key in sorted(self._members.keys() - self._known):
            self.problem(key, "is no setting of this app")
        for key, what in self._misplaced():
            self.problem(key, what)
        if self._problems:
            raise ContextError(self._problems)

    def text(self, key: str, default: str = "") -> str:
        """A text without surrounding white space."""
        value = self._value(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.problem(key, "must be a text")
            return default
        return value

    def integer(self, key: str, default: int) -> int:
        """A whole number of zero or more, as a number or in digits."""
        value = self._value(key)
        if value is None:
            return default
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.problem(key, "must be a whole number, written in digits")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """``true`` or ``false``."""
        value = self._value(key)
        if value is None:
            return default
        if not isinstance(value, bool) and value not in ("true", "false"):
            self.problem(key, "must be true or false")
            return default
        return value in (True, "true")

    def choice(self, key: str, options: type[Choice], default: Choice) -> Choice:
        """One member of ``options``, by its value."""
        value = self._value(key)
        if value is None:
            return default
        if not isinstance(value, str) or value not in list(options):
            self.problem(key, f"must be one of: {', '.join(options)}")
            return default
        return options(value)

    def names(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of names, or a text in which commas separate them; order is kept."""
        value = self._value(key)
        if value is None:
            return tuple(default)
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list) or not all(_is_name(name) for name in names):
            self.problem(key, "must be a list of names without white space or commas")
            return tuple(default)
        stripped = tuple(name.strip() for name in names)
        if len(set(stripped)) != len(stripped):
            self.problem(key, "must not name anything twice")
        return stripped

    def choices(
        self, key: str, options: type[Choice], default: Sequence[Choice]
    ) -> tuple[Choice, ...]:
        """Some members of ``options``, written as :meth:`names` are."""
        names = self.names(key, tuple(default))
        if not set(names) <= set(options):
            self.problem(key, f"must be some of: {', '.join(options)}")
            return tuple(default)
        return tuple(options(name) for name in names)

    def texts(self, key: str) -> tuple[tuple[str, str], ...]:
        """An object of texts, or the JSON text of one, as pairs in order of their names."""
        value = self._value(key)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = ()
        if value is None:
            return ()
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            self.problem(key, "must be an object of texts")
            return ()
        return tuple(sorted(value.items()))

    def document(self, key: str, default: str) -> str:
        """A JSON object, or the JSON text of anything, as JSON text. Its reader checks it."""
        value = self._value(key)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        if not isinstance(value, dict):
            self.problem(key, "must be an object")
            return default
        return json.dumps(value)

    def documents(self, key: str, default: str) -> str:
        """A list of JSON objects, or JSON text, as JSON text. Its reader checks it."""
        value = self._value(key)
        if value is None or isinstance(value, str):
            return default if value is None else value
        if not isinstance(value, list) or not all(isinstance(member, dict) for member in value):
            self.problem(key, "must be a list of objects")
            return default
        return json.dumps(value)

    def _value(self, key: str) -> Any:
        self._known.add(key)
        value = self._members.get(key)
        return (value.strip() or None) if isinstance(value, str) else value

    def _merge(self, context: Mapping[str, Any]) -> dict[str, Any]:
        members = context.get(NAMESPACE)
        if members is not None and not isinstance(members, dict):
            self._problems.append(f"{NAMESPACE}: must be an object")
        merged = dict(members) if isinstance(members, dict) else {}
        merged |= self._members_of_environment(context)
        for key, value in context.items():
            if key.startswith(_PREFIX):
                merged[key.removeprefix(_PREFIX)] = value
        return merged

    def _misplaced(self) -> Iterator[tuple[str, str]]:
        """Keys that were meant for this app, among those of CDK's and of other constructs'."""
        for key in self._keys_beside:
            first, *rest = re.split("[.:]", key, maxsplit=1)
            meant = get_close_matches(first.lower(), _OWN_KEYS, n=1, cutoff=_MISSPELT_RATIO)
            if key in self._known:
                yield key, f"belongs into the object {NAMESPACE}, or behind -c as {_PREFIX}{key}"
            elif meant == [NAMESPACE] and rest:
                yield key, f"is written {_PREFIX}{rest[0]}"
            elif meant:
                yield key, f"is no key of this app; is {meant[0]} meant?"

    def _members_of_environment(self, context: Mapping[str, Any]) -> dict[str, Any]:
        environments = context.get(ENVIRONMENTS, {})
        name = context.get(ENVIRONMENT)
        if not isinstance(environments, dict):
            self._problems.append(f"{ENVIRONMENTS}: must be an object")
        elif name in (None, ""):
            return {}
        elif not isinstance(environments.get(name), dict):
            # A stage that was meant and is not there must not become the common settings.
            known = ", ".join(environments) or "none"
            self._problems.append(f"{ENVIRONMENT}: must be one of those described: {known}")
        else:
            return dict(environments[name])
        return {}


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value.split()) == 1 and "," not in value
