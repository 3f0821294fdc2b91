"""What the ledger adds: one question for all sandboxes, marks, rosters, and a way in incidents."""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import GRANTED, LAPTOP, PHONE, TABLET, Deployment, OpenBench, Outcome
from local.story.telling import Chapter, Step

_MINUTE = 60
_QUARTER_HOUR = 900


def tell(open_bench: OpenBench) -> Iterator[Step]:
    """These chapters, each step as it happens."""
    with open_bench(Deployment(verdict_ttl_seconds=15, memory_ttl_seconds=5, sandboxes=2)) as bench:
        yield from _at_once(Chapter(bench, "Fifteen calls at once, on two sandboxes"))
    with open_bench(Deployment(verdict_ttl_seconds=_QUARTER_HOUR, sandboxes=2)) as bench:
        yield from _mark(Chapter(bench, "An operator's mark, verdict TTL of 15 min"))
    with open_bench(
        Deployment(verdict_ttl_seconds=_QUARTER_HOUR, memory_ttl_seconds=5, sandboxes=2)
    ) as bench:
        yield from _mark_in_time(Chapter(bench, "The same, with a memory TTL of 5 s"))
    with open_bench(Deployment(session_limit=2)) as bench:
        yield from _limit(Chapter(bench, "Three devices, a limit of two"))
    with open_bench(Deployment(session_limit=2, is_explaining=True)) as bench:
        yield from _limit_explained(Chapter(bench, "The same, and the device is told why"))
    with open_bench(Deployment(takes_id_tokens=True)) as bench:
        yield from _id_tokens(Chapter(bench, "ID tokens, of which GetUser knows nothing"))
    with open_bench(Deployment(verdict_ttl_seconds=_QUARTER_HOUR, memory_ttl_seconds=5)) as bench:
        yield from _incident(Chapter(bench, "In an incident, without a deploy"))
    with open_bench(Deployment(takes_id_tokens=True)) as bench:
        yield from _ledger_down(Chapter(bench, "The ledger is down"))


def _at_once(chapter: Chapter) -> Iterator[Step]:
    laptop = chapter.bench.sign_in(chapter.bench.new_user(), LAPTOP)
    yield chapter.call_at_once("a page's fifteen first calls", laptop.access, times=15, questions=1)
    yield chapter.call_at_once("the next page's", laptop.access, times=15, questions=0)


def _mark(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield from chapter.call_each(
        ("sign in; the first sandbox", "the second sandbox"), laptop.access, 200, GRANTED
    )
    bench.advance(1)
    bench.end_sessions(user)
    yield from chapter.call_each(
        ("end the user's sessions; the first", "the second"), laptop.access, 401, "session_revoked"
    )
    renewed = bench.refresh(laptop)
    yield chapter.call("refreshed at Cognito", renewed.access, 401, "session_revoked")
    anew = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in again", anew.access, 200, GRANTED)


def _mark_in_time(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    bench.advance(1)
    yield from chapter.call_each(
        ("sign in; the first sandbox", "the second sandbox"), laptop.access, 200, GRANTED
    )
    bench.end_sessions(user)
    bench.advance(4.9)
    yield from chapter.call_each(
        ("end the user's sessions; at 4.9 s", "the second"), laptop.access, 200, GRANTED
    )
    bench.advance(0.1)
    yield from chapter.call_each(("at 5 s", "the second"), laptop.access, 401, "session_revoked")


def _limit(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    grants = {}
    for device in (LAPTOP, PHONE, TABLET):
        bench.advance(_MINUTE)
        grants[device] = bench.sign_in(user, device)
        yield chapter.call(f"sign in on the {device}, call", grants[device].access, 200, GRANTED)
    laptop, phone, tablet = (grants[device].access for device in (LAPTOP, PHONE, TABLET))
    yield chapter.call("the laptop, the oldest, calls", laptop, 401, "signed_in_elsewhere")
    yield chapter.call("the phone calls", phone, 200, GRANTED)
    yield chapter.call("the tablet calls", tablet, 200, GRANTED)
    bench.revoke(grants[TABLET])
    yield chapter.call("the tablet signs out, and calls", tablet, 401, "session_revoked")
    yield chapter.call("its place is not the laptop's", laptop, 401, "signed_in_elsewhere")


def _limit_explained(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in on the laptop, call", laptop.access, 200, GRANTED)
    for device in (PHONE, TABLET):
        bench.advance(_MINUTE)
        bench.call("/hello", bench.sign_in(user, device).access)
    yield chapter.step(
        "phone, then tablet; the laptop reads",
        Outcome(403, "signed_in_elsewhere"),
        bench.call_and_read("/hello", laptop.access),
    )


def _id_tokens(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in, call with the ID token", laptop.identity, 200, GRANTED)
    bench.advance(_MINUTE)
    bench.sign_out_everywhere(user)
    yield chapter.call("signed out; nobody has heard of it", laptop.identity, 200, GRANTED)
    bench.deliver_events(times=2)
    yield chapter.call("the event comes, twice", laptop.identity, 401, "session_revoked")
    bench.advance(_MINUTE)
    anew = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in again", anew.identity, 200, GRANTED)
    bench.advance(_MINUTE)
    bench.sign_in(user, PHONE)
    yield chapter.call(
        "phone signs in later; the laptop calls", anew.identity, 401, "signed_in_elsewhere"
    )


def _incident(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    thief = bench.sign_in(bench.new_user(), LAPTOP)
    yield chapter.call("sign in, call /hello", thief.access, 200, GRANTED)
    bench.revoke(thief)
    bench.advance(_MINUTE)
    yield chapter.call("revoked a minute ago", thief.access, 200, GRANTED)
    bench.tighten_verdicts(0)
    bench.advance(5)
    yield chapter.call(
        "verdict TTL 0 in the ledger; 5 s later", thief.access, 401, "session_revoked"
    )
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    bench.advance(5)
    yield chapter.call("another user calls", laptop.access, 200, GRANTED)
    bench.end_everyone()
    bench.advance(4.9)
    yield chapter.call("end everyone's sessions; at 4.9 s", laptop.access, 200, GRANTED)
    bench.advance(0.1)
    yield chapter.call("at 5 s", laptop.access, 401, "session_revoked")
    anew = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in again", anew.access, 200, GRANTED)


def _ledger_down(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in, call with the ID token", laptop.identity, 200, GRANTED)
    bench.break_ledger(is_on=True)
    yield chapter.call("down; the ID token", laptop.identity, 503, "ledger_unavailable")
    yield chapter.call("the access token, by GetUser", laptop.access, 200, GRANTED)
    bench.advance(_MINUTE)
    phone = bench.sign_in(user, PHONE)
    yield chapter.call(
        "phone signs in later; the laptop calls", laptop.access, 401, "session_revoked"
    )
    bench.break_ledger(is_on=False)
    yield chapter.call("back; the phone's ID token", phone.identity, 200, GRANTED)
