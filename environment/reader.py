"""Reads variables one by one, remembers every problem, and raises them together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

Choice = TypeVar("Choice", bound=StrEnum)

_LABEL_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_MAX_LABEL_CHARS = 64

#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
_USER_POOL_ID = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]{1,55}")

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(Exception):
    """The settings cannot be used. ``problems`` lists them all, each with its variable's name."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("settings cannot be used:\n" + "\n".join(f"  - {p}" for p in problems))
        self.problems = tuple(problems)


class EnvironmentReader:
    """Reads typed values from ``environ``; :meth:`finish` raises what went wrong on the way.

    A variable that is absent and one that is empty mean the same: the default. After a
    problem the default (or a harmless stand-in) is returned, so that reading can go on and
    the operator sees the whole list.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems: list[str] = []

    def problem(self, name: str, what: str) -> None:
        """Record that the variable ``name`` cannot be used, and why."""
        self._problems.append(f"{name}: {what}")

    def finish(self) -> None:
        """Raise :class:`SettingsError` if anything was wrong."""
        if self._problems:
            raise SettingsError(self._problems)

    def text(self, name: str, default: str = "") -> str:
        """The variable as it stands, without surrounding white space."""
        return self._environ.get(name, "").strip() or default

    def integer(self, name: str, *, default: int, minimum: int, maximum: int) -> int:
        """A whole number within ``minimum`` and ``maximum``, both included."""
        raw = self.text(name)
        if not raw:
            return default
        # int() also takes "1_0", "+1" and digits of other scripts: a typo must not pass.
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 12):
            self.problem(name, "must be a whole number written in digits")
            return default
        value = int(raw)
        if not minimum <= value <= maximum:
            self.problem(name, f"must be {minimum} to {maximum}, is {value}")
            return default
        return value

    def choice(self, name: str, options: type[Choice], *, default: Choice) -> Choice:
        """One member of ``options``, by its value."""
        raw = self.text(name)
        if not raw:
            return default
        try:
            return options(raw)
        except ValueError:
            self.problem(name, f"must be one of: {', '.join(options)}")
            return default

    def label(self, name: str, *, default: str) -> str:
        """One to 64 letters, digits, hyphens and underscores: fit for any log line and metric."""
        raw = self.text(name)
        if not raw:
            return default
        if not (set(raw) <= _LABEL_CHARS and len(raw) <= _MAX_LABEL_CHARS):
            self.problem(
                name, f"must be 1 to {_MAX_LABEL_CHARS} ASCII letters, digits, hyphens, underscores"
            )
            return default
        return raw

    def user_pool_id(self, name: str) -> str:
        """A user pool's id: its Region, an underscore and a name."""
        raw = self.text(name)
        if _USER_POOL_ID.fullmatch(raw) is None:
            self.problem(name, "must be a user pool's id")
            return ""
        return raw

    def names(self, name: str, *, default: Collection[str] = ()) -> frozenset[str]:
        """A comma-separated set of names. An empty member or a white space inside is a problem."""
        raw = self.text(name)
        if not raw:
            return frozenset(default)
        members = [member.strip() for member in raw.split(",")]
        if any(not member or len(member.split()) != 1 for member in members):
            self.problem(name, "must be names separated by single commas, without white space")
            return frozenset(default)
        return frozenset(members)

    def https_url(self, name: str) -> str | None:
        """An ``https`` address without user, query or fragment; None if the variable is absent."""
        raw = self.text(name)
        if not raw:
            return None
        if not _is_plain_url(raw, scheme="https"):
            self.problem(name, "must be an https:// address without user, query or fragment")
            return None
        return raw.rstrip("/")

    def loopback_url(self, name: str) -> str | None:
        """A plain ``http`` address of this very machine, for local stacks and tests only."""
        raw = self.text(name)
        if not raw:
            return None
        if not _is_plain_url(raw, scheme="http") or urlsplit(raw).hostname not in LOOPBACK_HOSTS:
            self.problem(name, "must be an http:// address of this machine: localhost or 127.0.0.1")
            return None
        return raw.rstrip("/")


def _is_plain_url(raw: str, *, scheme: str) -> bool:
    try:
        parts = urlsplit(raw)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme == scheme
        and bool(parts.hostname)
        and port_is_valid
        and parts.username is None
        and parts.password is None
        and "?" not in raw
        and "#" not in raw
        and raw.isascii()
        and raw.isprintable()
        and " " not in raw
    )
