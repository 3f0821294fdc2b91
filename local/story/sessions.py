"""How sessions end, and how long an answer may outlive them."""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import GRANTED, LAPTOP, NOT_ASKED, PHONE, Deployment, OpenBench
from local.forgery import sign_anew
from local.story.telling import Chapter, Step

_REVOKED_REFRESH = "Refresh Token has been revoked"
#: The authorizer's default, beyond which an expired token is refused.
_LEEWAY_SECONDS = 5


def tell(open_bench: OpenBench) -> Iterator[Step]:
    """These chapters, each step as it happens."""
    with open_bench(Deployment()) as bench:
        yield from _two_devices(Chapter(bench, "One session per user"))
        yield from _revoked(Chapter(bench, "Revoked, though not expired"))
        yield from _administrator(Chapter(bench, "By the administrator"))
        yield from _bad_tokens(Chapter(bench, "Tokens that are not good"))
        yield from _throttled(Chapter(bench, "Cognito throttles"))
    with open_bench(Deployment(verdict_ttl_seconds=30)) as bench:
        yield from _dies_at_30_seconds(Chapter(bench, "Verdict TTL of 30 s"), GRANTED)
    with open_bench(Deployment(verdict_ttl_seconds=30, memory_ttl_seconds=5)) as bench:
        yield from _dies_at_35_seconds(Chapter(bench, "Verdict TTL of 30 s, memory TTL of 5 s"))
    with open_bench(Deployment(gateway_ttl_seconds=30)) as bench:
        yield from _dies_at_30_seconds(Chapter(bench, "Gateway TTL of 30 s"), NOT_ASKED)


def _two_devices(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in on the laptop, call /hello", laptop.access, 200, GRANTED)
    yield chapter.call(
        "call /admin without the scope", laptop.access, 403, "route_not_allowed", path="/admin"
    )
    bench.advance(60)
    phone = bench.sign_in(user, PHONE)
    yield chapter.call(
        "phone signs in later; the laptop calls", laptop.access, 401, "signed_in_elsewhere"
    )
    yield chapter.refresh_in_vain("the laptop's refresh token", laptop, _REVOKED_REFRESH)
    yield chapter.call("the phone calls", phone.access, 200, GRANTED)
    renewed = bench.refresh(phone)
    yield chapter.call("the phone refreshes and calls", renewed.access, 200, GRANTED)
    yield chapter.call("its first token: nobody was signed out", phone.access, 200, GRANTED)
    # Too soon for the hook's mark to tell the two apart: Cognito's own word ends the older one.
    bench.advance(10)
    bench.sign_in(user, LAPTOP)
    yield chapter.call(
        "the laptop 10 s later; the phone calls", phone.access, 401, "session_revoked"
    )
    admin = bench.sign_in_to_admin(bench.new_user(), LAPTOP)
    yield chapter.call("call /admin with the scope", admin.access, 200, GRANTED, path="/admin")


def _revoked(chapter: Chapter) -> Iterator[Step]:
    phone = chapter.bench.sign_in(chapter.bench.new_user(), PHONE)
    yield chapter.call("sign in on the phone, call /hello", phone.access, 200, GRANTED)
    chapter.bench.revoke(phone)
    yield chapter.call("revoke its refresh token, call", phone.access, 401, "session_revoked")


def _administrator(chapter: Chapter) -> Iterator[Step]:
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


def _bad_tokens(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    yield chapter.call("a forged token", sign_anew(laptop.access), 401, "signature_invalid")
    foreign = bench.sign_in_elsewhere()
    yield chapter.call("a token of another pool", foreign.access, 401, "issuer_not_allowed")
    yield chapter.call("the good token, after those", laptop.access, 200, GRANTED)
    bench.advance(laptop.expires_in_seconds + _LEEWAY_SECONDS)
    yield chapter.call("the same token, expired", laptop.access, 401, "token_expired")


def _throttled(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    bench.throttle(is_on=True)
    yield chapter.call("nobody can say whether it lives", laptop.access, 503, "issuer_throttled")
    bench.throttle(is_on=False)
    yield chapter.call("Cognito recovers", laptop.access, 200, GRANTED)


def _dies_at_30_seconds(chapter: Chapter, while_cached: str) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    yield chapter.call("sign in, call /hello at 0 s", laptop.access, 200, GRANTED)
    bench.revoke(laptop)
    bench.advance(29.9)
    yield chapter.call("revoked at 0 s; at 29.9 s", laptop.access, 200, while_cached)
    bench.advance(0.1)
    yield chapter.call("at 30 s", laptop.access, 401, "session_revoked")


def _dies_at_35_seconds(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    yield chapter.call("sign in, call /hello at 0 s", laptop.access, 200, GRANTED)
    bench.revoke(laptop)
    bench.advance(29.9)
    yield chapter.call("revoked at 0 s; at 29.9 s", laptop.access, 200, GRANTED)
    bench.advance(4.9)
    yield chapter.call("at 34.8 s, read at 29.9 s", laptop.access, 200, GRANTED)
    bench.advance(0.2)
    yield chapter.call("at 35 s", laptop.access, 401, "session_revoked")
