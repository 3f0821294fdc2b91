"""Parallel askers: one asks Cognito, the others wait for its answer, and nobody waits long."""

from __future__ import annotations

from functools import partial

import pytest

from authorizer.errors import Reason
from authorizer.revocation.check import FoundBy, LedgerUse
from authorizer.revocation.shared_verdict import WAITS_SECONDS
from ledger.judgement import MarkReason
from ledger.rows import LedgerError
from ledger.writer import LEASE_MS
from tests.tokens import NOW
from tests.unit.ledger.bench import REVOKED, Bench, Box, names, token
from tests.unit.ledger.interleaving import Interleaver

TOKEN = token()


def take_lease(bench: Bench) -> None:
    """As a sandbox does that is about to ask."""
    assert bench.writer.take_lease(
        names(TOKEN).session,
        now_ms=int(bench.clock() * 1000),
        known_ms=0,
        forget_at=NOW + 3600,
        deadline=bench.deadline,
    )


@pytest.mark.parametrize("schedule", [[], [0] * 100], ids=["in turns", "one by one"])
def test_fifteen_parallel_first_calls_cost_one_question(schedule: list[int]) -> None:
    """All read an empty row; one takes the lease and asks, the others wait for the verdict."""
    bench, turns = Bench(), Interleaver()
    bench.table.before = turns.step
    bench.issuer.before = turns.step
    bench.meanwhile = turns.step
    boxes = [bench.box() for _ in range(15)]
    found: list[str] = []

    def call(box: Box) -> None:
        found.append(box.find(TOKEN).found_by)

    turns.run([partial(call, box) for box in boxes], schedule)
    assert sorted(found) == ["getuser"] + ["ledger"] * 14
    assert bench.issuer.asked == 1


def test_waiting_ends_with_the_first_sight_of_a_verdict() -> None:
    """Whoever waits looks again after each step, and uses what has appeared."""
    bench = Bench()
    take_lease(bench)
    bench.meanwhile = lambda: (
        len(bench.pauses) == 2
        and bench.writer.keep_verdict(
            names(TOKEN).session,
            checked_at_ms=int(bench.clock() * 1000),
            generation=0,
            forget_at=NOW + 3600,
            deadline=bench.deadline,
        )
    )
    assert bench.box().find(TOKEN).found_by == FoundBy.LEDGER
    assert bench.pauses == list(WAITS_SECONDS[:2])
    assert bench.issuer.asked == 0


def test_who_sees_a_lease_held_does_not_try_for_it() -> None:
    """A write whose condition fails costs as much as any; one try follows when it is over."""
    bench = Bench()
    take_lease(bench)
    written = bench.table.counts["UpdateItem"]
    bench.meanwhile = lambda: seen.append(bench.table.counts["UpdateItem"] - written)
    seen: list[int] = []
    assert bench.box().find(TOKEN).found_by == "getuser"
    assert seen == [0] * len(WAITS_SECONDS)
    assert bench.table.counts["UpdateItem"] - written == 2


def test_waiting_ends_with_the_first_sight_of_a_mark() -> None:
    """A session that is revoked meanwhile is refused for that."""
    bench = Bench()
    take_lease(bench)
    bench.meanwhile = lambda: bench.writer.end_session(
        names(TOKEN).session, MarkReason.USER_DISABLED, now=NOW, deadline=bench.deadline
    )
    found = bench.box().find(TOKEN)
    assert (found.verdict.reason, found.found_by) == (Reason.USER_DISABLED, FoundBy.LEDGER)
    assert len(bench.pauses) == 1


def test_a_lease_that_comes_to_nothing_makes_nobody_wait_long() -> None:
    """If its holder dies, the others see its lease lapse, and one of them takes it over."""
    bench = Bench()
    take_lease(bench)
    found = bench.box().find(TOKEN)
    assert found.found_by == "getuser"
    assert bench.pauses == list(WAITS_SECONDS)
    assert sum(WAITS_SECONDS) > LEASE_MS / 1000
    assert bench.box().find(TOKEN).found_by == FoundBy.LEDGER


def test_a_lease_that_is_taken_again_and_again_starves_nobody() -> None:
    """Whoever finds it taken each time asks without it, while there is time to."""
    bench = Bench()
    take_lease(bench)

    def retake() -> None:
        bench.table.rows[names(TOKEN).session]["asking_until_ms"] = {
            "N": str(int(bench.clock() * 1000) + LEASE_MS)
        }

    bench.meanwhile = retake
    assert bench.box().find(TOKEN).found_by == "getuser"
    assert bench.pauses[:5] == list(WAITS_SECONDS)
    assert len(bench.pauses) > 5
    assert sum(bench.pauses) < 9.5


def test_a_lapsed_lease_is_taken_over_at_once() -> None:
    """Nobody waits for a lease that is over."""
    bench = Bench()
    take_lease(bench)
    bench.clock.advance(LEASE_MS / 1000)
    assert bench.box().find(TOKEN).found_by == "getuser"
    assert bench.pauses == []


def test_what_was_learned_while_waiting_is_built_upon() -> None:
    """A generation that began meanwhile is the one that the verdict is written for."""
    bench = Bench()
    take_lease(bench)

    def begin_generation() -> None:
        if len(bench.pauses) == 1:
            bench.writer.void_verdicts(names(TOKEN).issuer, TOKEN.subject, bench.deadline)

    bench.meanwhile = begin_generation
    bench.box().find(TOKEN)
    assert bench.box().find(TOKEN).found_by == FoundBy.LEDGER


@pytest.mark.parametrize(
    ("budget_seconds", "steps"), [(1.02, 0), (1.04, 1), (1.12, 2), (1.5, 4), (2.5, 5)]
)
def test_waiting_leaves_time_to_ask(budget_seconds: float, steps: int) -> None:
    """Of the decision's budget a second is kept for asking Cognito."""
    bench = Bench()
    take_lease(bench)
    found = bench.box().find(TOKEN, budget_seconds=budget_seconds)
    assert found.found_by == "getuser"
    assert len(bench.pauses) == steps


def test_a_refused_session_is_refused_to_who_waits() -> None:
    """The holder's answer may be a rejection; it reaches the others as a mark."""
    bench = Bench()
    holder, other = bench.box(), bench.box()
    bench.issuer.ended["session-1"] = REVOKED
    seen: list[Reason | None] = []

    def call_from(box: Box) -> None:
        bench.issuer.before = lambda: None
        bench.meanwhile = lambda: bench.writer.end_session(
            names(TOKEN).session, MarkReason.SESSION_REVOKED, now=NOW, deadline=bench.deadline
        )
        seen.append(box.reason(TOKEN))

    bench.issuer.before = lambda: call_from(other)
    assert holder.reason(TOKEN) is Reason.SESSION_REVOKED
    assert seen == [Reason.SESSION_REVOKED]
    assert bench.issuer.asked == 1


def test_a_ledger_that_fails_while_waiting_is_down() -> None:
    """Whoever can't see the holder's answer asks Cognito by itself."""
    bench = Bench()
    take_lease(bench)

    def fail() -> None:
        bench.table.failure = LedgerError("ThrottlingException")

    bench.meanwhile = fail
    found = bench.box().find(TOKEN)
    assert (found.found_by, found.ledger) == ("getuser", LedgerUse.DOWN)


def test_a_lease_that_cannot_be_taken_is_an_outage_of_the_ledger() -> None:
    """Writes that fail are counted as the ledger being down; Cognito decides."""
    bench = Bench()
    bench.table.failure = LedgerError("AccessDeniedException")
    bench.table.failing_operations = frozenset({"UpdateItem"})
    found = bench.box().find(TOKEN)
    assert (found.found_by, found.ledger) == ("getuser", LedgerUse.DOWN)
