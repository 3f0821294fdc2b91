"""What has happened that ends sessions: the only thing, beside the settings, the oracle knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tests.delay.sessions import Session, Token, User

INFINITY = float("inf")


class Known(StrEnum):
    """Who knows of a revocation, and so how long it may take."""

    ISSUER = "known to its issuer"
    PUSHED = "pushed"
    KEYS = "withdrawn key"


Concerns = Callable[[Token], bool]


@dataclass(eq=False)
class Revocation:
    """Something that ends tokens. Times are the true time, in seconds since the epoch."""

    way: str
    known: Known
    begun_at: float
    may: Concerns
    """The tokens that may be refused on its account, from ``begun_at`` on."""
    must: Concerns
    """The tokens that must be refused, when its delay is over."""
    at: float = INFINITY
    """Since when it is in force; never, if writing it has failed."""
    order: int = 0
    """Of what happens at one moment, which came first."""


@dataclass
class Tightening:
    """A verdict TTL in the pool's row, and how long it stood there."""

    ttl: int
    since: float
    until: float = INFINITY


@dataclass(frozen=True)
class Happened:
    """An operation that CloudTrail has written down, and the sessions that it was about."""

    operation: str
    at: int
    """By Cognito's clock, in whole seconds."""
    subject: str
    sessions: tuple[Session, ...]
    by_hook: bool = False


def nobody(_: Token) -> bool:
    """Concerns no token."""
    return False


def any_of(sessions: Sequence[Session]) -> Concerns:
    """Concerns every token of these sessions."""
    return lambda token: token.session in sessions


def asked_of(sessions: Sequence[Session]) -> Concerns:
    """Concerns those tokens of these sessions which their issuer is asked about."""
    return lambda token: token.is_asked and token.session in sessions


@dataclass(eq=False)
class SignedInUpTo:
    """Concerns a user's tokens that were signed in up to a moment, in whole seconds.

    Until an order is carried out, nobody knows up to which: what may be refused for it is then all.
    """

    user: User
    moment: float = INFINITY

    def __call__(self, token: Token) -> bool:
        """Whether it concerns the token."""
        return token.session.user is self.user and token.signed_in_at <= self.moment


@dataclass
class History:
    """In the order of beginning."""

    revocations: list[Revocation] = field(default_factory=list)
    tightenings: list[Tightening] = field(default_factory=list)
    order: int = 0
    """How many have come into force."""

    def begin(
        self,
        way: str,
        known: Known,
        now: float,
        *,
        may: Concerns = nobody,
        must: Concerns | None = None,
    ) -> Revocation:
        """A revocation under way; see :meth:`enforce`."""
        begun = Revocation(way, known, now, may, may if must is None else must)
        self.revocations.append(begun)
        return begun

    def enforce(self, begun: Revocation, now: float) -> None:
        """It is in force from now on."""
        self.order += 1
        begun.at, begun.order = now, self.order

    def tighten(self, ttl: int | None, now: float) -> None:
        """The operator sets, changes or removes the TTL in the pool's row."""
        if self.tightenings:
            self.tightenings[-1].until = min(self.tightenings[-1].until, now)
        if ttl is not None:
            self.tightenings.append(Tightening(ttl, now))

    def is_ended(self, token: Token) -> bool:
        """Whether anything has begun to end this token."""
        return any(one.may(token) for one in self.revocations)
