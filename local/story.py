"""The story of a revoked session, step by step, each with the answer that it must get.

It speaks to a :class:`local.bench.Bench` and knows nothing of what is behind it: ``make demo``
tells it on the local stack, ``tests/story`` checks the same steps, and any other stack that can
do what a bench does can be told it as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local.bench import (
    GRANTED,
    LAPTOP,
    NOT_ASKED,
    PHONE,
    Bench,
    Delays,
    Grant,
    OpenBench,
    Outcome,
    RefusedByCognitoError,
)
from local.forgery import sign_anew

_REVOKED_REFRESH = "Refresh Token has been revoked"
#: The authorizer's default, beyond which an expired token is refused.
_LEEWAY_SECONDS = 5


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
    yield chapter.refresh_in_vain("the laptop's refresh token", laptop, _REVOKED_REFRESH)
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
