"""Marks beat verdicts, and judge what Cognito has no word on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from authorizer.errors import Reason
from authorizer.revocation.check import FoundBy
from authorizer.tokens import VerifiedToken
from ledger.judgement import MarkReason
from tests.tokens import CLIENT_ID, ISSUER, ISSUER_NEW_FORM, NOW
from tests.unit.ledger.bench import (
    SUBJECT,
    Bench,
    id_token,
    machine_token,
    names,
    token,
)

TOKEN = token()


@pytest.mark.parametrize("about", [token("s"), id_token("s")])
def test_a_mark_beats_a_fresh_verdict(about: VerifiedToken) -> None:
    """Each kind of mark ends the session for each sandbox, within the memory TTL, unasked."""
    later = NOW + 1
    bench = Bench()
    session = names(about).session
    ends: list[Callable[[], None]] = [
        lambda: bench.writer.end_everyone_before(ISSUER, later, bench.deadline),
        lambda: bench.writer.end_client_before(ISSUER, CLIENT_ID, later, bench.deadline),
        lambda: bench.writer.end_user_before(ISSUER, SUBJECT, later, bench.deadline),
        lambda: bench.writer.end_tokens_issued_before(
            ISSUER, SUBJECT, later, MarkReason.SESSION_REVOKED, bench.deadline
        ),
        lambda: bench.writer.end_session(
            session, MarkReason.SESSION_REVOKED, now=NOW, deadline=bench.deadline
        ),
    ]
    for end in ends:
        bench.table.rows.clear()
        one, other = bench.box(), bench.box()
        assert one.lets_in(about)
        asked = bench.issuer.asked
        end()
        assert other.reason(about) is Reason.SESSION_REVOKED
        bench.clock.advance(4.9)
        assert one.lets_in(about)
        bench.clock.advance(0.1)
        found = one.find(about)
        assert (found.verdict.reason, found.found_by) == (
            Reason.SESSION_REVOKED,
            FoundBy.LEDGER,
        )
        assert one.find(about).found_by == FoundBy.MEMORY
        assert bench.issuer.asked == asked


@pytest.mark.parametrize("reason", list(MarkReason))
def test_the_reason_of_a_mark_reaches_the_answer(reason: MarkReason) -> None:
    """Whoever is refused is refused for what the mark says."""
    bench = Bench()
    bench.writer.end_session(names(TOKEN).session, reason, now=NOW, deadline=bench.deadline)
    assert bench.box().reason(TOKEN) is Reason(reason.value)


def test_both_forms_of_an_issuer_are_one_pool() -> None:
    """A mark holds whichever form of the issuer a token carries."""
    bench = Bench()
    bench.writer.end_everyone_before(ISSUER, NOW + 1, bench.deadline)
    assert not bench.box().lets_in(token(issuer=ISSUER_NEW_FORM))


@pytest.mark.parametrize("judged", [id_token(), machine_token()])
def test_id_and_machine_tokens_are_judged_by_marks_alone(judged: VerifiedToken) -> None:
    """Cognito has no word on them, and is not asked."""
    bench = Bench(SESSION_POLICY="off")
    box = bench.box()
    assert box.find(judged).found_by == FoundBy.LEDGER
    assert box.find(judged).found_by == FoundBy.MEMORY
    bench.writer.end_everyone_before(ISSUER, NOW + 1, bench.deadline)
    bench.clock.advance(5)
    assert box.reason(judged) is Reason.SESSION_REVOKED
    assert bench.issuer.asked == 0


def test_machines_have_no_roster() -> None:
    """Machine tokens count towards no limit of sessions."""
    bench = Bench(SESSION_POLICY="refuse_new")
    box = bench.box()
    assert all(box.lets_in(machine_token(name)) for name in ("jti-1", "jti-2", "jti-3"))
    assert bench.table.rows == {}


@pytest.mark.parametrize(
    ("rule", "reason"), [("refuse", Reason.SESSION_NOT_CHECKABLE), ("allow", None)]
)
def test_access_tokens_nobody_can_judge(rule: str, reason: Reason | None) -> None:
    """Without the scope the rule for unchecked sessions decides; a mark ends them all the same."""
    bench = Bench(UNCHECKED_SESSION_RULE=rule)
    box = bench.box()
    unchecked = token(scope="")
    assert [box.reason(unchecked), box.reason(unchecked)] == [reason, reason]
    bench.writer.end_user_before(ISSUER, SUBJECT, NOW + 1, bench.deadline)
    bench.clock.advance(5)
    assert box.reason(unchecked) is Reason.SESSION_REVOKED


def test_the_user_s_next_generation_voids_verdicts() -> None:
    """Nothing is refused by it, but Cognito is asked again within the memory TTL."""
    bench = Bench()
    box = bench.box()
    box.find(TOKEN)
    bench.writer.void_verdicts(ISSUER, SUBJECT, bench.deadline)
    bench.clock.advance(5)
    assert box.find(TOKEN).found_by == "getuser"
    bench.clock.advance(5)
    assert box.find(TOKEN).found_by == FoundBy.LEDGER


def test_an_older_token_is_judged_for_itself() -> None:
    """A newer token of the session that may stay does not let an older one in from memory."""
    bench = Bench()
    box = bench.box()
    old, new = token(issued_at=NOW), token(issued_at=NOW + 10)
    bench.writer.end_tokens_issued_before(
        ISSUER, SUBJECT, NOW + 5, MarkReason.SIGNED_IN_ELSEWHERE, bench.deadline
    )
    assert box.lets_in(new)
    assert box.find(old).found_by == FoundBy.MEMORY
    assert box.reason(old) is Reason.SIGNED_IN_ELSEWHERE


def test_a_verdict_that_lost_a_race_is_not_remembered() -> None:
    """A session that was revoked while Cognito was asked is refused by the very next request."""
    bench = Bench()
    box = bench.box()
    bench.issuer.before = lambda: bench.writer.end_session(
        names(TOKEN).session, MarkReason.SESSION_REVOKED, now=NOW, deadline=bench.deadline
    )
    box.find(TOKEN)
    assert box.reason(TOKEN) is Reason.SESSION_REVOKED
