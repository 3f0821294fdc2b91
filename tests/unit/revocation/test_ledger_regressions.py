"""What once slipped through beside the ledger, and must not again."""

from __future__ import annotations

from authorizer.errors import Reason
from authorizer.revocation.check import LedgerUse
from ledger.judgement import MarkReason
from ledger.rows import LedgerError
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import (
    DOWN,
    REVOKED,
    SUBJECT,
    Bench,
    names,
    token,
)

A, B = token("a", auth_time=NOW - 100), token("b", auth_time=NOW - 50)


def test_a_dead_session_evicts_nobody() -> None:
    """A token whose session Cognito has ended must not push a living session out, for ever."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    assert box.lets_in(A)
    bench.issuer.ended["b"] = REVOKED
    assert not box.lets_in(B)
    bench.clock.advance(6)
    assert box.reason(A) is None


def test_a_token_that_is_never_let_in_evicts_nobody() -> None:
    """A token that nobody can judge is refused, and must not push a living session out."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    assert box.lets_in(A)
    assert not box.lets_in(token("c", auth_time=NOW - 10, scope=""))
    bench.clock.advance(6)
    assert box.reason(A) is None


def test_an_outage_of_cognito_evicts_nobody() -> None:
    """A newcomer about whom Cognito said nothing, and who got 503, must not push anyone out."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    assert box.lets_in(A)
    bench.issuer.failure = DOWN
    assert not box.lets_in(B)
    bench.issuer.failure = None
    bench.clock.advance(6)
    assert box.reason(A) is None


def test_signing_out_and_in_again_is_possible_with_refuse_new() -> None:
    """A global sign-out (feed's mark) frees the user's places: else 30 days of lock-out."""
    bench = Bench(SESSION_POLICY="refuse_new")
    box = bench.box()
    assert box.lets_in(A)
    bench.clock.advance(60)
    bench.writer.end_tokens_issued_before(
        ISSUER, SUBJECT, NOW + 60, MarkReason.SESSION_REVOKED, bench.deadline
    )
    bench.clock.advance(10)
    assert box.reason(token("new", auth_time=NOW + 68)) is None


def test_a_watermark_frees_places() -> None:
    """Sessions from before a watermark are dead; they must not keep the next sign-in out."""
    bench = Bench(SESSION_POLICY="refuse_new")
    box = bench.box()
    assert box.lets_in(A)
    bench.writer.end_user_before(ISSUER, SUBJECT, NOW, bench.deadline)
    bench.clock.advance(10)
    assert box.reason(token("new", auth_time=NOW + 8)) is None


def test_a_session_ended_by_mark_frees_its_place_when_it_is_refused() -> None:
    """Whoever refuses it for its mark takes it off the roster, as for Cognito's word."""
    bench = Bench(SESSION_POLICY="refuse_new")
    box = bench.box()
    assert box.lets_in(A)
    bench.writer.end_session(
        names(A).session, MarkReason.SESSION_REVOKED, now=NOW, deadline=bench.deadline
    )
    bench.clock.advance(6)
    assert not box.lets_in(A)
    assert box.reason(B) is None


def test_a_session_that_was_signed_out_frees_its_place_though_nobody_shows_it_again() -> None:
    """Who signs out throws the tokens away; the next sign-in has the place all the same."""
    bench = Bench(SESSION_POLICY="refuse_new")
    box = bench.box()
    assert box.lets_in(A)
    assert box.reason(B) is Reason.SESSION_LIMIT_REACHED
    bench.writer.end_session(
        names(A).session, MarkReason.SESSION_REVOKED, now=NOW, deadline=bench.deadline
    )
    assert box.reason(B) is None
    assert box.reason(token("c", auth_time=NOW - 10)) is Reason.SESSION_LIMIT_REACHED


def test_a_session_that_was_signed_out_displaces_none_of_the_same_sign_in() -> None:
    """Managed login gives a further session the first one's sign-in time, and names decide then."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    ended, next_one = token("m", auth_time=NOW - 100), token("c", auth_time=NOW - 100)
    assert box.lets_in(ended)
    bench.writer.end_session(
        names(ended).session, MarkReason.SESSION_REVOKED, now=NOW, deadline=bench.deadline
    )
    assert box.reason(next_one) is None


def test_one_users_broken_row_does_not_switch_the_ledger_off() -> None:
    """A row of another schema concerns its user, not every request of the sandbox."""
    bench = Bench()
    box = bench.box()
    bench.table.rows[names(A).user] = {"pk": {"S": "x"}, "not_before": {"S": "x"}}
    bench.table.rows[names(A).user]["pk"] = {"S": names(A).user}
    bench.writer.end_user_before(ISSUER, "victim", NOW + 1, bench.deadline)
    box.find(A)
    assert box.reason(token("v", subject="victim")) is Reason.SESSION_REVOKED


def test_a_decision_out_of_time_does_not_switch_the_ledger_off() -> None:
    """That one request had no time left for the ledger says nothing about the ledger."""
    bench = Bench()
    box = bench.box()
    box.find(A, budget_seconds=0)
    assert box.find(B).ledger is LedgerUse.READ


def test_the_evicted_stay_out_during_an_outage() -> None:
    """Who was refused a moment ago by the roster is known; an outage brings nobody back."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    assert [box.reason(A), box.reason(B)] == [None, None]
    bench.clock.advance(6)
    assert box.reason(A) is Reason.SIGNED_IN_ELSEWHERE
    bench.table.failure = LedgerError("timed out")
    assert box.reason(A) is Reason.SIGNED_IN_ELSEWHERE


def test_the_evicted_stay_out_when_memory_is_old_too() -> None:
    """The floor, once read, holds through an outage of any length."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    assert [box.reason(A), box.reason(B)] == [None, None]
    bench.clock.advance(6)
    assert box.reason(A) is Reason.SIGNED_IN_ELSEWHERE
    bench.table.failure = LedgerError("timed out")
    bench.clock.advance(600)
    assert box.reason(A) is Reason.SIGNED_IN_ELSEWHERE


def test_a_users_mark_read_for_one_session_holds_for_the_other() -> None:
    """The user's row was read; whichever session it was read for, its mark is known."""
    bench = Bench()
    box = bench.box()
    bench.writer.end_user_before(ISSUER, SUBJECT, NOW + 1, bench.deadline)
    assert not box.lets_in(A)
    bench.table.failure = LedgerError("timed out")
    assert box.reason(B) is Reason.SESSION_REVOKED


def test_a_known_tightening_holds_during_an_outage() -> None:
    """The fallback may not use verdicts for longer than the pool's row, as read, allows."""
    bench = Bench(VERDICT_TTL_SECONDS="900")
    box = bench.box()
    bench.writer.tighten_verdicts(ISSUER, 0, bench.deadline)
    assert box.lets_in(A)
    bench.table.failure = LedgerError("timed out")
    bench.clock.advance(6)
    assert box.lets_in(A)
    bench.issuer.ended["a"] = REVOKED
    bench.clock.advance(800)
    assert not box.lets_in(A)


def test_the_evicted_do_not_hammer_the_users_row() -> None:
    """A displaced device that keeps trying is refused from memory, like any other."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    box = bench.box()
    assert [box.reason(A), box.reason(B)] == [None, None]
    bench.clock.advance(6)
    box.find(A)
    before = bench.table.counts["BatchGetItem"]
    for _ in range(10):
        assert not box.lets_in(A)
    assert bench.table.counts["BatchGetItem"] == before
