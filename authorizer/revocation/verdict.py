"""What a source of truth can say about a session."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

from authorizer.errors import Reason
from authorizer.tokens import VerifiedToken
from transport import Deadline


class Outcome(StrEnum):
    """The three answers."""

    ACTIVE = "active"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"


class Concerns(StrEnum):
    """What a verdict is about, and so what it is remembered for."""

    SESSION = "session"
    """Every token of the session."""
    TOKEN = "token"
    """This token alone; a token that the same session gets by a refresh is asked about anew."""
    REQUEST = "request"
    """This request alone: the next one is asked about anew."""


class Verdict(NamedTuple):
    """One answer. ``reason`` is set for all but *active*."""

    outcome: Outcome
    reason: Reason | None = None
    concerns: Concerns = Concerns.SESSION

    @classmethod
    def rejected(cls, reason: Reason, concerns: Concerns) -> Verdict:
        """The issuer refuses it."""
        return cls(Outcome.REJECTED, reason, concerns)

    @classmethod
    def unavailable(cls, reason: Reason) -> Verdict:
        """The issuer did not say."""
        return cls(Outcome.UNAVAILABLE, reason)


ACTIVE = Verdict(Outcome.ACTIVE)


class SessionSource(Protocol):
    """Somebody who can say whether a session lives."""

    @property
    def name(self) -> str:
        """What logs and metrics call it."""
        ...

    def can_judge(self, token: VerifiedToken) -> bool:
        """Whether it has a say about tokens like this one. Decided without asking."""
        ...

    def ask(self, token: VerifiedToken, deadline: Deadline) -> Verdict:
        """Ask now. Failures are an *unavailable* verdict, never an exception."""
        ...
