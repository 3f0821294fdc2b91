"""What once slipped through beside the ledger, and must not again."""

from __future__ import annotations

from functools import partial

import pytest

from authorizer.choices import TokenUse
from authorizer.revocation.verdict import Outcome
from ledger.judgement import MarkReason
from ledger.roster import Limit, SessionPolicy, enrol
from ledger.rows import LedgerError, Member, SessionRow, UserRow, session_name
from pre_token_hook.settings import Settings as HookSettings
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import (
    DOWN,
    Bench,
    Box,
    names,
    token,
)
from tests.unit.ledger.interleaving import Interleaver
from transport.sigv4 import Credentials, Signer

A, B = token("a", auth_time=NOW - 100), token("b", auth_time=NOW - 50)


def test_who_waits_sees_that_a_lease_was_dropped() -> None:
    """If the holder has nothing to share, the others need not wait in vain."""
    bench = Bench()
    bench.writer.take_lease(
        names(A).session,
        now_ms=NOW * 1000,
        known_ms=0,
        forget_at=NOW + 3600,
        deadline=bench.deadline,
    )
    bench.meanwhile = lambda: bench.writer.drop_lease(
        names(A).session, taken_at_ms=NOW * 1000, deadline=bench.deadline
    )
    bench.box().find(A)
    assert len(bench.pauses) == 1


def test_dropping_a_lease_makes_no_row() -> None:
    """A row that DynamoDB has deleted meanwhile must not come back empty, without ``ttl``."""
    bench = Bench()
    bench.writer.drop_lease(names(A).session, taken_at_ms=NOW * 1000, deadline=bench.deadline)
    assert bench.table.rows == {}


def test_after_waiting_in_vain_one_asks() -> None:
    """If the holder dies, fourteen must not ask at once: Cognito answers ten a second."""
    bench, turns = Bench(), Interleaver()
    bench.writer.take_lease(
        names(A).session,
        now_ms=NOW * 1000,
        known_ms=0,
        forget_at=NOW + 3600,
        deadline=bench.deadline,
    )
    bench.table.before = bench.issuer.before = bench.meanwhile = turns.step
    slept = bench.clock.advance
    bench.clock.advance = lambda seconds: slept(seconds / 14)  # type: ignore[method-assign]
    boxes = [bench.box() for _ in range(14)]

    def call(box: Box) -> None:
        assert box.lets_in(A)

    turns.run([partial(call, box) for box in boxes], [])
    assert bench.issuer.asked <= 10


def test_a_text_that_is_no_attribute_value_is_an_error_of_the_ledger() -> None:
    """Another form than DynamoDB's raises LedgerError, not AttributeError."""
    with pytest.raises(LedgerError):
        SessionRow.read({"reason": "text"})  # type: ignore[dict-item]


def test_white_space_in_header_values_is_folded_as_the_sdk_does() -> None:
    """SigV4: sequential spaces in a header's value count as one."""
    signer = Signer("dynamodb", "eu-west-1")
    keys = Credentials("a", "b")
    one = signer.sign({"x": "a  b"}, b"", keys, now=NOW)["authorization"]
    assert one == signer.sign({"x": "a b"}, b"", keys, now=NOW)["authorization"]


def test_a_key_fits_dynamodb_for_any_verified_claim() -> None:
    """The verifier takes names of 2,048 characters; a key may have 2,048 bytes."""
    assert len(session_name(ISSUER, "s" * 2048, "o" * 2048)) <= 2048


def test_a_503_is_not_followed_by_a_200_on_the_same_knowledge() -> None:
    """A verdict that was too old when its row was read must not count from memory afterwards."""
    bench = Bench(VERDICT_TTL_SECONDS="10")
    bench.box().find(A)
    box = bench.box()
    bench.clock.advance(11)
    bench.issuer.failure = DOWN
    assert box.find(A).verdict.outcome is Outcome.UNAVAILABLE
    assert box.find(A).verdict.outcome is Outcome.UNAVAILABLE


def test_a_longer_mark_prolongs_a_shorter_one() -> None:
    """An operator's mark for ten years must not be forgotten after the day of Cognito's."""
    bench = Bench()
    name = names(A).session
    bench.writer.end_session(
        name,
        MarkReason.USER_DISABLED,
        now=NOW,
        forget_at=NOW + 86_400,
        deadline=bench.deadline,
    )
    bench.writer.end_session(name, MarkReason.SESSION_REVOKED, now=NOW, deadline=bench.deadline)
    bench.table.expire(NOW + 86_401)
    assert bench.table.number(name, "revoked_at") == NOW


def test_a_verdict_from_a_mad_clock_can_be_written_over() -> None:
    """A sandbox whose clock is a day ahead must not stop sharing for a day."""
    bench = Bench()
    bench.box(ahead_seconds=86_400).find(A)
    one = bench.box()
    bench.clock.advance(10)
    one.find(A)
    bench.clock.advance(6)
    asked = bench.issuer.asked
    bench.box().find(A)
    assert bench.issuer.asked == asked


def test_a_lowered_limit_bites_at_once() -> None:
    """Three on the roster, deployed limit one: the oldest is not within, however lately seen."""
    members = {name: Member(at, "c", NOW, NOW, "") for at, name in enumerate("abc")}
    row = UserRow(sessions=members, version=1)
    limit = Limit(SessionPolicy.EVICT_OLDEST, 1, 3600)
    assert not enrol(row, "a", members["a"], limit, now=NOW).is_within


def test_notify_only_counts_a_session_once() -> None:
    """A session that is one too many is told of once, not at each of its decisions."""
    bench = Bench(SESSION_POLICY="notify_only")
    box = bench.box()
    evicted = 0
    for about in (A, B, A, A, A):
        evicted += box.find(about).evicted
        bench.clock.advance(6)
    assert evicted == 1


def test_memory_may_not_outlast_idleness() -> None:
    """With a memory TTL near SESSION_IDLE_SECONDS a session in use counts as idle: refused at
    start, as the verdict's TTL and the grace are held against each other.
    """
    with pytest.raises(Exception, match="SESSION_IDLE_SECONDS"):
        Bench(
            SESSION_POLICY="refuse_new", MEMORY_TTL_SECONDS="3600", SESSION_IDLE_SECONDS="3600"
        ).box()


def test_the_margin_covers_a_repeated_call() -> None:
    """Cognito repeats after 5 s and the first call may run 3.5 s: a margin of 5 is too small."""
    with pytest.raises(Exception, match="MARK_MARGIN_SECONDS"):
        HookSettings.from_env({"LEDGER_TABLE": "t", "MARK_MARGIN_SECONDS": "5"})


def test_a_mark_in_the_far_future_is_not_written() -> None:
    """Marks only rise: milliseconds taken for seconds would lock everybody out for good."""
    bench = Bench()
    with pytest.raises(ValueError, match="future"):
        bench.writer.end_everyone_before(ISSUER, NOW * 1000, bench.deadline)


def test_an_expired_token_within_the_leeway_is_asked_about() -> None:
    """An active verdict never outlives its token; the check without a ledger asks again here."""
    bench = Bench()
    box = bench.box()
    about = token("a", expires_at=NOW + 2)
    box.find(about)
    bench.clock.advance(3)
    assert box.find(about._replace(token_use=TokenUse.ACCESS)).found_by == "getuser"
