"""A limit of sessions, kept by the sandboxes that see them."""

from __future__ import annotations

import pytest

from authorizer.errors import Reason
from authorizer.revocation.check import FoundBy, LedgerUse
from ledger.judgement import MarkReason
from ledger.rows import LedgerError, UserRow
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import (
    DOWN,
    REVOKED,
    SUBJECT,
    Bench,
    id_token,
    names,
    token,
)

OLD, MIDDLE, NEW = (
    token(name, auth_time=NOW + at) for at, name in ((-2, "a"), (-1, "b"), (0, "c"))
)


def roster(bench: Bench) -> set[str]:
    """Who is on the user's roster."""
    return set(UserRow.read(bench.table.rows.get(names(OLD).user, {})).sessions)


def test_of_three_devices_with_a_limit_of_two_the_oldest_is_out() -> None:
    """It learns that the user has signed in elsewhere; in every sandbox, within the memory TTL."""
    bench = Bench(SESSION_POLICY="evict_oldest", SESSION_LIMIT="2")
    boxes = [bench.box() for _ in range(2)]
    for session in (OLD, MIDDLE):
        assert [box.reason(session) for box in boxes] == [None, None]
    found = boxes[1].find(NEW)
    assert (found.verdict.reason, found.evicted) == (None, 1)
    bench.clock.advance(5)
    for box in boxes:
        assert box.reason(OLD) is Reason.SIGNED_IN_ELSEWHERE
        assert box.reason(MIDDLE) is None
    assert roster(bench) == {"b", "c"}


def test_a_newcomer_that_is_refused_learns_of_the_limit() -> None:
    """Who is there stays; the newcomer may try again when a place is free."""
    bench = Bench(SESSION_POLICY="refuse_new", SESSION_LIMIT="2")
    box = bench.box()
    assert [box.reason(session) for session in (OLD, MIDDLE)] == [None, None]
    assert box.reason(NEW) is Reason.SESSION_LIMIT_REACHED
    assert box.reason(OLD) is None
    assert roster(bench) == {"a", "b"}


def test_notify_only_counts_and_lets_in() -> None:
    """The limit is told, not enforced."""
    bench = Bench(SESSION_POLICY="notify_only")
    box = bench.box()
    assert box.find(OLD).evicted == 0
    found = box.find(NEW)
    assert (found.verdict.reason, found.evicted) == (None, 1)
    bench.clock.advance(6)
    assert box.lets_in(OLD)


def test_who_is_served_stale_is_held_to_the_limit() -> None:
    """Who was refused a place is not let in without one because nobody could ask Cognito."""
    stale = {"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": "30"}
    bench = Bench(SESSION_POLICY="refuse_new", SESSION_LIMIT="1", **stale)
    box = bench.box()
    assert [box.reason(OLD), box.reason(NEW)] == [None, Reason.SESSION_LIMIT_REACHED]
    bench.clock.advance(61)
    bench.issuer.failure = DOWN
    assert box.reason(NEW) is Reason.SESSION_LIMIT_REACHED


def test_without_a_policy_no_roster_is_kept() -> None:
    """Nothing is written about the user."""
    bench = Bench()
    bench.box().find(OLD)
    assert names(OLD).user not in bench.table.rows


def test_a_session_that_ends_frees_its_place() -> None:
    """What Cognito has ended holds no place any longer."""
    bench = Bench(SESSION_POLICY="refuse_new", VERDICT_TTL_SECONDS="0")
    box = bench.box()
    assert box.lets_in(OLD)
    assert not box.lets_in(NEW)
    bench.issuer.ended["a"] = REVOKED
    assert not box.lets_in(OLD)
    assert roster(bench) == set()
    assert box.lets_in(NEW)


def test_a_place_that_cannot_be_freed_stays_taken() -> None:
    """That a roster can't be written changes no answer."""
    bench = Bench(SESSION_POLICY="refuse_new", VERDICT_TTL_SECONDS="0")
    box = bench.box()
    assert box.lets_in(OLD)
    bench.issuer.ended["a"] = REVOKED

    def fail() -> None:
        bench.table.failure = LedgerError("ThrottlingException")

    bench.issuer.before = fail
    found = box.find(OLD)
    assert (found.verdict, found.is_shared) == (REVOKED, False)
    assert roster(bench) == {"a"}


def test_a_lost_write_is_tried_again() -> None:
    """A roster that somebody else wrote in between is read again, and both stand on it."""
    bench = Bench(SESSION_POLICY="evict_oldest", SESSION_LIMIT="2")
    one, other = bench.box(), bench.box()

    def come_between(operation: str) -> None:
        if operation == "UpdateItem":
            bench.table.before = lambda _operation: None
            assert other.lets_in(NEW)

    bench.table.before = come_between
    assert one.lets_in(OLD)
    assert roster(bench) == {"a", "c"}


def test_rows_of_a_decision_that_came_to_nothing_place_nobody() -> None:
    """What was read before an outage is remembered, and the session is not on the roster yet."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    bench.issuer.failure = DOWN
    assert not box.lets_in(OLD)
    bench.issuer.failure = None
    assert box.lets_in(OLD)
    assert roster(bench) == {"a"}


def test_an_id_token_enrols_its_session_too() -> None:
    """A session is one, whichever of its tokens is seen first."""
    bench = Bench(SESSION_POLICY="refuse_new")
    box = bench.box()
    assert box.lets_in(id_token("a", auth_time=NOW - 2))
    assert box.lets_in(OLD)
    assert not box.lets_in(NEW)


def test_the_roster_says_what_an_operator_needs() -> None:
    """Client, device, when it was first seen and last: in the user's row, and for ever is long."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    box.find(NEW)
    bench.clock.advance(899)
    box.find(NEW)
    bench.clock.advance(6)
    box.find(NEW)
    [member] = UserRow.read(bench.table.rows[names(NEW).user]).sessions.values()
    assert (member.first_seen, member.last_seen) == (NOW, NOW + 905)
    assert (member.authenticated_at, member.client_id) == (NOW, NEW.client_id)
    assert member.device == "browser"


def test_a_place_is_kept_by_a_sandbox_whose_clock_is_behind() -> None:
    """Who signed in after a global sign-out was not among those that it ended."""
    bench = Bench(SESSION_POLICY="refuse_new")
    bench.writer.end_tokens_issued_before(
        ISSUER, SUBJECT, NOW, MarkReason.SESSION_REVOKED, bench.deadline
    )
    assert bench.box(ahead_seconds=-1).lets_in(NEW)
    assert bench.box().reason(token("d")) is Reason.SESSION_LIMIT_REACHED
    assert roster(bench) == {"c"}


@pytest.mark.parametrize("policy", ["evict_oldest", "refuse_new", "notify_only"])
def test_a_mark_needs_no_roster(policy: str) -> None:
    """A session that a mark has ended is refused for the mark, and takes no place."""
    bench = Bench(SESSION_POLICY=policy)
    bench.writer.end_user_before(ISSUER, SUBJECT, NOW + 1, bench.deadline)
    found = bench.box().find(NEW)
    assert (found.verdict.reason, found.found_by) == (Reason.SESSION_REVOKED, FoundBy.LEDGER)
    assert roster(bench) == set()


def test_nobody_is_let_in_past_a_limit_because_many_came_at_once() -> None:
    """A roster that others write each time is tried again later: 503, and the ledger is not down
    for anybody else.
    """
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()

    def write_always(operation: str) -> None:
        if operation == "UpdateItem":
            row = bench.table.rows.setdefault(names(NEW).user, {"pk": {"S": names(NEW).user}})
            row["version"] = {"N": str(bench.table.number(names(NEW).user, "version") + 1)}

    bench.table.before = write_always
    found = box.find(NEW)
    assert (found.verdict.reason, found.ledger) == (Reason.LEDGER_UNAVAILABLE, LedgerUse.READ)
    bench.table.before = lambda _operation: None
    assert box.find(token(subject="another")).ledger is LedgerUse.READ


def test_a_session_without_a_place_frees_none() -> None:
    """One too many under notify_only ends without the roster being written."""
    bench = Bench(SESSION_POLICY="notify_only", VERDICT_TTL_SECONDS="0")
    box = bench.box()
    box.find(NEW)
    box.find(OLD)
    bench.issuer.ended["a"] = REVOKED
    version = bench.table.number(names(NEW).user, "version")
    assert not box.lets_in(OLD)
    assert bench.table.number(names(NEW).user, "version") == version
    assert roster(bench) == {"c"}
