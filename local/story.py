"""The story of a revoked session, step by step, each with the answer that it must get.

It speaks to a :class:`Bench` and knows nothing of what is behind it: ``make demo`` tells it on
the local stack, ``tests/story`` checks the same steps, and any other stack that can do what a
bench does can be told it as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from local.forgery import sign_anew

LAPTOP, PHONE = "laptop", "phone"
GRANTED = "granted"
#: The gateway answered without asking the authorizer.
NOT_ASKED = "not asked"
REVOKED_REFRESH = "Refresh Token has been revoked"
#: The authorizer's default, beyond which an expired token is refused.
_LEEWAY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Delays:
    """How long an answer may live before the authorizer, and Cognito, are asked again."""

    verdict_ttl_seconds: int = 0
    gateway_ttl_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """What a device holds after a sign-in or a refresh."""

    device: str
    access: str
    refresh: str
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """An HTTP status and the reason for it: the authorizer's, or Cognito's."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story."""

    chapter: str
    what: str
    expected: Outcome
    actual: Outcome

    @property
    def is_as_told(self) -> bool:
        """Whether it went as the story says."""
        return self.expected == self.actual


class RefusedByCognitoError(Exception):
    """Cognito refused an operation; ``outcome`` says how."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Bench(Protocol):
    """A stack with users, two devices, an administrator and a clock."""

    def new_user(self) -> str:
        """A user who can sign in; his name."""
        ...

    def sign_in(self, user: str, device: str) -> Grant:
        """Sign in with the password. Raises RefusedByCognitoError."""
        ...

    def sign_in_to_admin(self, user: str, device: str) -> Grant:
        """Sign in by managed login, asking for the scope that ``/admin`` needs."""
        ...

    def sign_in_elsewhere(self) -> Grant:
        """Sign in to another pool of the same Region."""
        ...

    def refresh(self, grant: Grant) -> Grant:
        """Use the refresh token. Raises RefusedByCognitoError."""
        ...

    def revoke(self, grant: Grant) -> None:
        """Revoke the refresh token."""
        ...

    def sign_out_everywhere(self, user: str) -> None:
        """As an administrator."""
        ...

    def disable(self, user: str) -> None:
        """As an administrator."""
        ...

    def delete(self, user: str) -> None:
        """As an administrator."""
        ...

    def throttle(self, *, is_on: bool) -> None:
        """Have Cognito answer session checks with TooManyRequestsException, or no longer."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        ...

    def call(self, path: str, access_token: str) -> Outcome:
        """``GET path`` at the API.

        The reason is :data:`GRANTED`, the one that the authorizer logged, or :data:`NOT_ASKED`.
        """
        ...


OpenBench = Callable[[Delays], AbstractContextManager[Bench]]


def tell(open_bench: OpenBench) -> Iterator[Step]:
    """The whole story, each step as it happens."""
    with open_bench(Delays()) as bench:
        yield from _two_devices(_Chapter(bench, "One session per user"))
        yield from _revoked(_Chapter(bench, "Revoked, though not expired"))
        yield from _administrator(_Chapter(bench, "By the administrator"))
        yield from _bad_tokens(_Chapter(bench, "Tokens that are not good"))
        yield from _throttled(_Chapter(bench, "Cognito throttles"))
    with open_bench(Delays(verdict_ttl_seconds=30)) as bench:
        yield from _dies_at_30_seconds(_Chapter(bench, "Verdict TTL of 30 s"), GRANTED)
    with open_bench(Delays(gateway_ttl_seconds=30)) as bench:
        yield from _dies_at_30_seconds(_Chapter(bench, "Gateway TTL of 30 s"), NOT_ASKED)


@dataclass(frozen=True, slots=True)
class _Chapter:
    bench: Bench
    title: str

    def call(
        self, what: str, access: str, status: int, reason: str, *, path: str = "/hello"
    ) -> Step:
        """A call of the API, and what must come of it."""
        actual = self.bench.call(path, access)
        return Step(self.title, what, Outcome(status, reason), actual)

    def refresh_in_vain(self, what: str, grant: Grant, reason: str) -> Step:
        """A refresh that Cognito must refuse."""
        try:
            self.bench.refresh(grant)
        except RefusedByCognitoError as refused:
            actual = refused.outcome
        else:
            actual = Outcome(200, GRANTED)
        return Step(self.title, what, Outcome(400, reason), actual)


def _two_devices(chapter: _Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in on the laptop, call /hello", laptop.access, 200, GRANTED)
    yield chapter.call(
        "call /admin without the scope", laptop.access, 403, "route_not_allowed", path="/admin"
    )
    phone = bench.sign_in(user, PHONE)
    yield chapter.call(
        "sign in on the phone; the laptop calls", laptop.access, 401, "session_revoked"
    )
    yield chapter.refresh_in_vain("the laptop's refresh token", laptop, REVOKED_REFRESH)
    yield chapter.call("the phone calls", phone.access, 200, GRANTED)
    renewed = bench.refresh(phone)
    yield chapter.call("the phone refreshes and calls", renewed.access, 200, GRANTED)
    yield chapter.call("its first token: nobody was signed out", phone.access, 200, GRANTED)
    admin = bench.sign_in_to_admin(bench.new_user(), LAPTOP)
    yield chapter.call("call /admin with the scope", admin.access, 200, GRANTED, path="/admin")


def _revoked(chapter: _Chapter) -> Iterator[Step]:
    phone = chapter.bench.sign_in(chapter.bench.new_user(), PHONE)
    yield chapter.call("sign in on the phone, call /hello", phone.access, 200, GRANTED)
    chapter.bench.revoke(phone)
    yield chapter.call("revoke its refresh token, call", phone.access, 401, "session_revoked")


def _administrator(chapter: _Chapter) -> Iterator[Step]:
    bench = chapter.bench
    for what, act, reason in (
        ("sign the user out everywhere, call", bench.sign_out_everywhere, "session_revoked"),
        ("disable the user, call", bench.disable, "user_disabled"),
        ("delete the user, call", bench.delete, "user_not_found"),
    ):
        user = bench.new_user()
        laptop = bench.sign_in(user, LAPTOP)
        yield chapter.call("sign in on the laptop, call /hello", laptop.access, 200, GRANTED)
        act(user)
        yield chapter.call(what, laptop.access, 401, reason)


def _bad_tokens(chapter: _Chapter) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    yield chapter.call("a forged token", sign_anew(laptop.access), 401, "signature_invalid")
    foreign = bench.sign_in_elsewhere()
    yield chapter.call("a token of another pool", foreign.access, 401, "issuer_not_allowed")
    yield chapter.call("the good token, after those", laptop.access, 200, GRANTED)
    bench.advance(laptop.expires_in_seconds + _LEEWAY_SECONDS)
    yield chapter.call("the same token, expired", laptop.access, 401, "token_expired")


def _throttled(chapter: _Chapter) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    bench.throttle(is_on=True)
    yield chapter.call("nobody can say whether it lives", laptop.access, 503, "issuer_throttled")
    bench.throttle(is_on=False)
    yield chapter.call("Cognito recovers", laptop.access, 200, GRANTED)


def _dies_at_30_seconds(chapter: _Chapter, while_cached: str) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    yield chapter.call("sign in, call /hello at 0 s", laptop.access, 200, GRANTED)
    bench.revoke(laptop)
    bench.advance(29.9)
    yield chapter.call("revoked at 0 s; at 29.9 s", laptop.access, 200, while_cached)
    bench.advance(0.1)
    yield chapter.call("at 30 s", laptop.access, 401, "session_revoked")
