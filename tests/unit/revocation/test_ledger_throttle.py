"""Cognito's quota is spent: one asks and is told so, and all who wait are spared the question."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from authorizer.errors import Reason
from authorizer.revocation.check import FoundBy, LedgerUse
from authorizer.revocation.verdict import ACTIVE, Verdict
from ledger.judgement import MarkReason
from ledger.rows import LedgerError
from ledger.writer import LEASE_MS
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import (
    DOWN,
    SUBJECT,
    THROTTLED,
    Bench,
    Box,
    id_token,
    names,
    token,
)
from tests.unit.ledger.interleaving import Interleaver

TOKEN = token()
SESSION = names(TOKEN).session


def throttled_bench(**environment: str) -> Bench:
    """One sandbox has just been throttled; now Cognito would answer again."""
    bench = Bench(**environment)
    bench.issuer.failure = THROTTLED
    bench.box().find(TOKEN)
    bench.issuer.failure = None
    return bench


@pytest.mark.parametrize("schedule", [[], [0] * 100], ids=["in turns", "one by one"])
def test_fifteen_parallel_calls_cost_one_throttled_question(schedule: list[int]) -> None:
    """Whoever waits answers as the holder of the lease was answered, and does not ask."""
    bench, turns = Bench(), Interleaver()
    bench.issuer.failure = THROTTLED
    bench.table.before = bench.issuer.before = bench.meanwhile = turns.step
    found: list[tuple[str, Reason | None]] = []

    def call(box: Box) -> None:
        finding = box.find(TOKEN)
        found.append((finding.found_by, finding.verdict.reason))

    turns.run([partial(call, bench.box()) for _ in range(15)], schedule)
    assert sorted(found) == [
        ("getuser", Reason.ISSUER_THROTTLED),
        *[("ledger", Reason.ISSUER_THROTTLED)] * 14,
    ]
    assert bench.issuer.asked == 1


def test_waiting_ends_with_the_first_sight_of_a_throttle() -> None:
    """Nobody waits for the answer to a question that was not taken."""
    bench = Bench()
    lease = {"now_ms": NOW * 1000, "known_ms": 0, "forget_at": NOW + 3600}
    assert bench.writer.take_lease(SESSION, **lease, deadline=bench.deadline)
    bench.meanwhile = lambda: bench.writer.drop_lease(
        SESSION, taken_at_ms=NOW * 1000, throttled_at_ms=NOW * 1000, deadline=bench.deadline
    )
    found = bench.box().find(TOKEN)
    assert (found.verdict, found.found_by, found.ledger) == (
        THROTTLED,
        FoundBy.LEDGER,
        LedgerUse.READ,
    )
    assert found.asked is None
    assert len(bench.pauses) == 1


def test_a_throttle_is_over_after_a_second() -> None:
    """Until then all sandboxes answer at once and write nothing; then one asks."""
    bench = throttled_bench()
    bench.clock.advance(0.999)
    written = bench.table.counts["UpdateItem"]
    for _ in range(3):
        assert bench.box().reason(TOKEN) is Reason.ISSUER_THROTTLED
    assert (bench.issuer.asked, bench.pauses) == (1, [])
    assert bench.table.counts["UpdateItem"] == written == 2
    bench.clock.advance(0.001)
    assert bench.box().find(TOKEN).found_by == "getuser"
    assert bench.box().find(TOKEN).found_by == FoundBy.LEDGER


def test_only_another_throttle_prolongs_a_throttle() -> None:
    """Requests do not: while the quota is spent a session is asked about once a second."""
    bench = Bench()
    bench.issuer.failure = THROTTLED
    for _ in range(40):
        bench.box().find(TOKEN)
        bench.clock.advance(0.1)
    assert bench.issuer.asked == 4


def test_a_throttle_is_as_old_as_its_question() -> None:
    """A second is a second, however long Cognito took to say no."""
    bench = Bench()
    bench.issuer.failure = THROTTLED
    bench.issuer.before = lambda: bench.clock.advance(0.7)
    bench.box().find(TOKEN)
    bench.clock.advance(0.3)
    bench.issuer.failure = None
    assert bench.box().find(TOKEN).found_by == "getuser"


def test_each_sandbox_goes_by_its_own_outage_rule() -> None:
    """What is shared is that Cognito did not say; what follows, each deployment has stated."""
    bench = Bench()
    bench.box().find(TOKEN)
    bench.clock.advance(61)
    bench.issuer.failure = THROTTLED
    bench.box().find(TOKEN)
    found = []
    for rule in (
        {"OUTAGE_RULE": "refuse"},
        {"OUTAGE_RULE": "allow"},
        {"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": "2"},
        {"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": "1"},
    ):
        bench.environment |= rule
        finding = bench.box().find(TOKEN)
        found.append((finding.verdict, finding.found_by, finding.asked))
    assert found == [
        (THROTTLED, FoundBy.LEDGER, None),
        (ACTIVE, FoundBy.OUTAGE_RULE, None),
        (ACTIVE, FoundBy.STALE, None),
        (THROTTLED, FoundBy.LEDGER, None),
    ]
    assert bench.issuer.asked == 2


def test_who_is_let_in_by_the_outage_rule_takes_no_place() -> None:
    """A session that nobody has vouched for evicts none."""
    bench = throttled_bench(OUTAGE_RULE="allow", SESSION_POLICY="evict_oldest")
    assert bench.box().lets_in(TOKEN)
    assert "sessions" not in bench.table.rows.get(names(TOKEN).user, {})


def test_a_fresh_verdict_beats_a_throttle() -> None:
    """Who may still use the verdict that another sandbox found too old has no need of Cognito."""
    bench = Bench()
    bench.box().find(TOKEN)
    bench.clock.advance(11)
    bench.issuer.failure = THROTTLED
    patient = dict(bench.environment)
    bench.environment["VERDICT_TTL_SECONDS"] = "10"
    assert bench.box().reason(TOKEN) is Reason.ISSUER_THROTTLED
    bench.environment = patient
    assert bench.box().find(TOKEN).found_by == FoundBy.LEDGER


def test_a_new_generation_does_not_serve_an_old_verdict() -> None:
    """Under the stale rule, too, a sign-in elsewhere voids what was said before it."""
    bench = Bench(OUTAGE_RULE="stale", STALE_GRACE_SECONDS="30")
    bench.box().find(TOKEN)
    bench.clock.advance(61)
    bench.issuer.failure = THROTTLED
    assert bench.box().find(TOKEN).found_by == FoundBy.STALE
    bench.writer.void_verdicts(ISSUER, SUBJECT, bench.deadline)
    assert bench.box().reason(TOKEN) is Reason.ISSUER_THROTTLED


def test_a_mark_beats_a_throttle() -> None:
    """A session that has ended is refused, whatever Cognito did not say."""
    bench = throttled_bench(OUTAGE_RULE="allow")
    bench.writer.end_session(SESSION, MarkReason.USER_DISABLED, now=NOW, deadline=bench.deadline)
    assert bench.box().reason(TOKEN) is Reason.USER_DISABLED


def test_a_throttle_says_nothing_of_others() -> None:
    """Another session of the user is asked about; an ID token is judged by marks, as ever."""
    bench = throttled_bench()
    assert bench.box().find(token("session-2")).found_by == "getuser"
    assert bench.box().lets_in(id_token())


@pytest.mark.parametrize(
    "failure",
    [
        DOWN,
        Verdict.unavailable(Reason.ISSUER_FAULT),
        Verdict.unavailable(Reason.ISSUER_MISCONFIGURED),
    ],
)
def test_other_outages_are_not_shared(failure: Verdict) -> None:
    """They may be one sandbox's alone: the next one asks at once."""
    bench = Bench()
    bench.issuer.failure = failure
    bench.box().find(TOKEN)
    bench.issuer.failure = None
    assert bench.box().find(TOKEN).found_by == "getuser"


def test_a_throttle_that_cannot_be_shared_costs_a_question() -> None:
    """The ledger fails after the question: the caller is answered, the next one asks."""
    bench = Bench(LEDGER_COOLDOWN_MS="0")
    bench.issuer.failure = THROTTLED

    def fail_now() -> None:
        bench.table.failure = LedgerError("ThrottlingException")

    bench.issuer.before = fail_now
    assert bench.box().reason(TOKEN) is Reason.ISSUER_THROTTLED
    bench.issuer.before, bench.table.failure = lambda: None, None
    bench.clock.advance(LEASE_MS / 1000)
    assert bench.box().find(TOKEN).asked is not None


def test_without_shared_verdicts_no_throttle_is_shared() -> None:
    """A verdict TTL of 0 asks for every request, and writes nothing."""
    bench = Bench(VERDICT_TTL_SECONDS="0", MEMORY_TTL_SECONDS="0")
    bench.issuer.failure = THROTTLED
    for _ in range(2):
        assert bench.box().reason(TOKEN) is Reason.ISSUER_THROTTLED
    assert bench.issuer.asked == 2
    assert bench.table.counts["UpdateItem"] == 0


@hypothesis_settings(max_examples=50)
@given(st.floats(-10, 10))
def test_a_wrong_clock_holds_nobody_for_long(ahead_seconds: float) -> None:
    """Whoever was throttled, by whatever clock, the others hold still for two seconds at most, and
    for one if the clocks agree.
    """
    bench = Bench()
    bench.issuer.failure = THROTTLED
    bench.box(ahead_seconds=ahead_seconds).find(TOKEN)
    bench.issuer.failure = None
    held = 0
    for _ in range(75):
        # Put back after each look, so that no verdict spares the next one.
        row = dict(bench.table.rows[SESSION])
        held += bench.box().reason(TOKEN) is Reason.ISSUER_THROTTLED
        bench.table.rows[SESSION] = row
        bench.clock.advance(0.2)
    assert held <= 10
    if abs(ahead_seconds) < 0.001:
        assert held <= 6
