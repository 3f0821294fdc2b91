"""What a command comes to: an exit code, data for scripts, and something to look at for people.

With ``--json`` every command prints one object, whatever happens::

    {"version": 1, "command": "ttl show", "exit_code": 0,
     "data": {…}, "warnings": ["…"], "error": null}

``data`` is the command's own and null if there was an error; ``error`` is null or
``{"code": "…", "message": "…"}``. Members may be added; none changes its meaning or goes away
while ``version`` stays. Moments are RFC 3339 in UTC, durations are seconds.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import PurePath
from typing import Any

from rich.console import RenderableType

SCHEMA_VERSION = 1


class Exit(IntEnum):
    """Exit codes. They are stable: scripts are built on them."""

    FINE = 0
    """Done, and nothing to object to."""
    FINDING = 1
    """Done, and the answer is no: the token is refused, a check found something."""
    USAGE = 2
    """Not understood, or nothing of that name is there. Nothing was done."""
    UNAVAILABLE = 3
    """AWS, the ledger or the trail did not answer, or refused the caller. Nothing was changed."""
    NOT_CONFIRMED = 4
    """Nobody confirmed it. Nothing was done."""
    PARTLY = 5
    """A change was made at some layers and not at others: repeat it."""
    INTERRUPTED = 130
    """Ctrl-C. With an answer: done, but for what takes waiting."""
    DEFECT = 70
    """A defect of this program's."""
    NOT_WRITTEN = 74
    """Done, and the answer could not be written. ``EX_IOERR`` of BSD's ``sysexits.h``."""


class OpsError(Exception):
    """A command that ends without an answer. The text carries no token.

    Attributes:
        code: a stable word for scripts.
        exit_code: how the program ends.
    """

    def __init__(self, code: str, message: str, exit_code: Exit) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = exit_code


class UsageError(OpsError):
    """What was asked for makes no sense, or nothing of that name is there."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, Exit.USAGE)


class UnavailableError(OpsError):
    """Somebody who was asked did not answer, or refused the caller."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, Exit.UNAVAILABLE)


class NotConfirmedError(OpsError):
    """Nobody confirmed a change."""

    def __init__(self, message: str) -> None:
        super().__init__("not_confirmed", message, Exit.NOT_CONFIRMED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to.

    Args:
        data: for scripts, as JSON takes it.
        view: for people, one below the other.
        exit_code: see :class:`Exit`.
        warnings: sentences for both.
    """

    data: Mapping[str, Any]
    view: Sequence[RenderableType] = ()
    exit_code: Exit = Exit.FINE
    warnings: Sequence[str] = field(default_factory=tuple)


def defect_text(error: Exception) -> str:
    """What is said of an error that nobody expected: its own text may quote anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    return f"a defect of this program, please report it: {type(error).__name__} at {place}"


def moment_text(seconds: float | None) -> str | None:
    """When something happened, in seconds since the epoch, as RFC 3339 to the second.

    None for none, and for 0, which stands for none.
    """
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def bound_text(seconds: float | None) -> str | None:
    """The same of a moment by which something has ended: never before it does."""
    return moment_text(None if seconds is None else math.ceil(seconds))


def printable(text: str) -> str:
    """The text without what a terminal would obey: for texts that others have written."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
