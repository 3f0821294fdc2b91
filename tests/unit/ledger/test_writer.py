"""Marks and verdicts: idempotent, only ever rising, safe in any order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest

from ledger.judgement import THROTTLE_MS, MarkReason
from ledger.rows import (
    LedgerError,
    Member,
    Rank,
    SessionRow,
    UserRow,
    client_name,
    pool_name,
    user_name,
)
from ledger.writer import LEASE_MS, MARK_LIFE_SECONDS, Writer
from tests.dynamodb import TABLE, FakeDynamoDb
from transport import Deadline

POOL, CLIENT, USER = pool_name("i"), client_name("i", "c"), user_name("i", "u")
SESSION = "session#i#u#s"
DEADLINE = Deadline(10, lambda: 0)


class Bench:
    def __init__(self) -> None:
        self.table = FakeDynamoDb()
        self.writer = Writer(TABLE, self.table)

    @property
    def session(self) -> SessionRow:
        return SessionRow.read(self.table.rows.get(SESSION, {}))

    @property
    def user(self) -> UserRow:
        return UserRow.read(self.table.rows.get(USER, {}))

    def keep_verdict(self, at_ms: int, *, generation: int = 0, forget_at: int = 100) -> bool:
        return self.writer.keep_verdict(
            SESSION,
            checked_at_ms=at_ms,
            generation=generation,
            forget_at=forget_at,
            deadline=DEADLINE,
        )

    def take_lease(self, now_ms: int, *, known_ms: int = 0) -> bool:
        return self.writer.take_lease(
            SESSION, now_ms=now_ms, known_ms=known_ms, forget_at=100, deadline=DEADLINE
        )

    def end_session(self, reason: MarkReason = MarkReason.SESSION_REVOKED) -> None:
        self.writer.end_session(SESSION, reason, now=50, deadline=DEADLINE)

    def keep_roster(self, row: UserRow) -> bool:
        return self.writer.keep_roster(USER, row, now=50, deadline=DEADLINE)


_WATERMARKS: dict[str, Callable[[Writer, int], None]] = {
    POOL: lambda writer, moment: writer.end_everyone_before("i", moment, DEADLINE),
    CLIENT: lambda writer, moment: writer.end_client_before("i", "c", moment, DEADLINE),
    USER: lambda writer, moment: writer.end_user_before("i", "u", moment, DEADLINE),
}


@pytest.mark.parametrize("name", _WATERMARKS)
@pytest.mark.parametrize("moments", list(permutations((10, 20, 20, 30))))
def test_a_watermark_only_rises(name: str, moments: tuple[int, ...]) -> None:
    """In any order, twice or late, the greatest moment stands in the end."""
    bench = Bench()
    for moment in moments:
        _WATERMARKS[name](bench.writer, moment)
    assert bench.table.number(name, "not_before") == 30
    assert set(bench.table.rows) == {name}


@pytest.mark.parametrize("moments", list(permutations((10, 20, 30))))
def test_the_mark_on_issuing_only_rises_and_always_voids(moments: tuple[int, ...]) -> None:
    """The latest moment stands with its reason; each time a new generation begins."""
    bench = Bench()
    reasons = {10: MarkReason.SESSION_REVOKED, 20: MarkReason.USER_DISABLED}
    for moment in moments:
        bench.writer.end_tokens_issued_before(
            "i", "u", moment, reasons.get(moment, MarkReason.SIGNED_IN_ELSEWHERE), DEADLINE
        )
    assert bench.user.issued_not_before == 30
    assert bench.user.issued_reason == "signed_in_elsewhere"
    assert bench.user.generation == 3


def test_verdicts_are_voided_without_a_mark() -> None:
    """A new generation by itself ends nothing."""
    bench = Bench()
    bench.writer.void_verdicts("i", "u", DEADLINE)
    assert bench.user == UserRow(generation=1)


def test_the_first_reason_of_a_session_stays() -> None:
    """A session ends once; it is kept for longer than any refresh token lives."""
    bench = Bench()
    bench.end_session(MarkReason.USER_DISABLED)
    bench.end_session(MarkReason.SESSION_REVOKED)
    assert bench.session == SessionRow(revoked_at=50, reason="user_disabled")
    assert bench.table.number(SESSION, "ttl") == 50 + MARK_LIFE_SECONDS


def test_a_mark_may_be_forgotten_earlier() -> None:
    """Who knows that no token can follow says when the mark is of no more use."""
    bench = Bench()
    bench.writer.end_session(
        SESSION, MarkReason.SESSION_REVOKED, now=50, forget_at=60, deadline=DEADLINE
    )
    assert bench.table.number(SESSION, "ttl") == 60


def test_a_verdict_is_kept_with_its_generation() -> None:
    """The moment of asking and the generation stand beside it, and no lease does."""
    bench = Bench()
    assert bench.take_lease(1000)
    assert bench.keep_verdict(2000, generation=3)
    assert bench.session == SessionRow(checked_at_ms=2000, checked_generation=3)
    assert bench.table.number(SESSION, "ttl") == 100


def test_of_two_verdicts_the_later_stays() -> None:
    """One that was asked for earlier, or at the same moment, is not written over it."""
    bench = Bench()
    assert bench.keep_verdict(2000)
    assert not bench.keep_verdict(2000, generation=1)
    assert not bench.keep_verdict(1999)
    assert bench.keep_verdict(2001)
    assert bench.session.checked_at_ms == 2001


def test_a_verdict_never_stands_beside_a_mark() -> None:
    """Neither a verdict nor a lease touches the row of a session that has ended."""
    bench = Bench()
    bench.end_session()
    before = dict(bench.table.rows[SESSION])
    assert not bench.keep_verdict(9_999_999)
    assert not bench.take_lease(9_999_999)
    assert bench.table.rows[SESSION] == before


def test_a_mark_outlives_the_verdict_it_meets() -> None:
    """Written over a verdict, it takes the row's time to live with it."""
    bench = Bench()
    bench.take_lease(1)
    bench.keep_verdict(2, forget_at=100)
    bench.end_session()
    bench.table.expire(50 + MARK_LIFE_SECONDS - 1)
    assert bench.session.revoked_at == 50


def test_a_lease_lapses() -> None:
    """One asks at a time, and the next may ask when the lease is over, not before."""
    bench = Bench()
    assert bench.take_lease(1000)
    assert not bench.take_lease(1000 + LEASE_MS - 1)
    assert bench.take_lease(1000 + LEASE_MS)


def test_a_lease_is_not_for_who_has_not_seen_the_verdict() -> None:
    """Whoever read the row before the last verdict was written finds it there, and need not ask."""
    bench = Bench()
    bench.keep_verdict(2000)
    assert not bench.take_lease(3000)
    assert not bench.take_lease(3000, known_ms=1999)
    assert bench.take_lease(3000, known_ms=2000)


def test_a_dropped_lease_is_free() -> None:
    """Its holder, and nobody else, can let others ask; marks and verdicts stay as they are."""
    bench = Bench()
    bench.take_lease(1000)
    bench.keep_verdict(2000)
    bench.take_lease(3000, known_ms=2000)
    bench.writer.drop_lease(SESSION, taken_at_ms=2999, deadline=DEADLINE)
    assert bench.session.asking_until_ms == 3000 + LEASE_MS
    bench.writer.drop_lease(SESSION, taken_at_ms=3000, deadline=DEADLINE)
    assert bench.session == SessionRow(checked_at_ms=2000)
    assert bench.take_lease(3000, known_ms=2000)


def test_a_lease_that_ends_in_a_refusal_voids_the_verdict() -> None:
    """Of one token of the session, say: what was answered before is not told to others any more."""
    bench = Bench()
    bench.keep_verdict(2000)
    bench.take_lease(3000, known_ms=2000)
    bench.writer.drop_lease(SESSION, taken_at_ms=2999, voids_verdict=True, deadline=DEADLINE)
    assert bench.session.checked_at_ms == 2000
    bench.writer.drop_lease(SESSION, taken_at_ms=3000, voids_verdict=True, deadline=DEADLINE)
    assert bench.session == SessionRow()
    assert bench.take_lease(3000)


def throttle(bench: Bench, at_ms: int) -> None:
    """A lease that comes to nothing but a throttle."""
    assert bench.take_lease(at_ms)
    bench.writer.drop_lease(
        SESSION, taken_at_ms=at_ms, throttled_at_ms=at_ms + 1, deadline=DEADLINE
    )


def test_a_throttle_is_told_by_the_write_that_drops_the_lease() -> None:
    """Two writes, as for a verdict; the lease goes, and when it was asked in vain stands there."""
    bench = Bench()
    throttle(bench, 5000)
    assert bench.session == SessionRow(throttled_at_ms=5001)
    assert bench.table.counts["UpdateItem"] == 2
    assert bench.table.number(SESSION, "ttl") == 100


def test_only_the_holder_tells_of_a_throttle() -> None:
    """Whoever has lost the lease meanwhile leaves the row to who has it, and makes none."""
    bench = Bench()

    def tell() -> None:
        bench.writer.drop_lease(SESSION, taken_at_ms=4999, throttled_at_ms=5000, deadline=DEADLINE)

    tell()
    assert bench.table.rows == {}
    bench.take_lease(5000)
    tell()
    assert bench.session == SessionRow(asking_until_ms=5000 + LEASE_MS)


@pytest.mark.parametrize("side", [-1, 1])
def test_no_lease_is_given_just_after_a_throttle(side: int) -> None:
    """Nor just before it, by a clock that is behind: who has not read of it must not ask."""
    bench = Bench()
    throttle(bench, 5000)
    assert not bench.take_lease(5001 + side * (THROTTLE_MS - 1))
    assert bench.take_lease(5001 + side * THROTTLE_MS)


def test_a_verdict_ends_a_throttle() -> None:
    """Whoever was answered all the same tells the others, and nothing is left of the throttle."""
    bench = Bench()
    throttle(bench, 5000)
    assert bench.keep_verdict(5002)
    assert bench.session == SessionRow(checked_at_ms=5002)


def test_a_throttle_touches_no_mark() -> None:
    """A session that ends while its holder is being throttled has ended."""
    bench = Bench()
    bench.take_lease(5000)
    bench.end_session(MarkReason.USER_DISABLED)
    bench.writer.drop_lease(SESSION, taken_at_ms=5000, throttled_at_ms=5001, deadline=DEADLINE)
    assert bench.session == SessionRow(50, "user_disabled", throttled_at_ms=5001)
    assert bench.table.number(SESSION, "ttl") == 50 + MARK_LIFE_SECONDS


def test_a_roster_is_written_on_its_own_version_only() -> None:
    """Whoever computed from an older row, or from none, does not write."""
    bench = Bench()
    one = UserRow(sessions={"s": Member(1, "c", 2, 3, "")}, floor=Rank(4, "f"))
    assert bench.keep_roster(one)
    assert bench.user == UserRow(sessions=one.sessions, floor=one.floor, version=1)
    assert not bench.keep_roster(one)
    assert bench.keep_roster(bench.user)
    assert not bench.keep_roster(UserRow(version=1))
    assert bench.user.version == 2


def test_a_roster_leaves_marks_alone() -> None:
    """Marks that are written between a roster's reading and writing stay."""
    bench = Bench()
    read = bench.user
    bench.writer.end_user_before("i", "u", 20, DEADLINE)
    bench.writer.void_verdicts("i", "u", DEADLINE)
    assert bench.keep_roster(read)
    assert (bench.user.not_before, bench.user.generation) == (20, 1)


def test_tightening_is_set_and_ended() -> None:
    """The pool's verdict TTL is one attribute, which goes when the incident does."""
    bench = Bench()
    bench.writer.end_everyone_before("i", 10, DEADLINE)
    bench.writer.tighten_verdicts("i", 0, DEADLINE)
    assert bench.table.rows[POOL]["verdict_ttl_seconds"] == {"N": "0"}
    bench.writer.tighten_verdicts("i", None, DEADLINE)
    assert set(bench.table.rows[POOL]) == {"pk", "not_before"}


def test_a_failure_is_not_hidden() -> None:
    """A mark that could not be written is raised, and not taken for one that stands higher."""
    bench = Bench()
    bench.table.failure = LedgerError("ThrottlingException")
    with pytest.raises(LedgerError):
        bench.writer.end_user_before("i", "u", 1, DEADLINE)
    with pytest.raises(LedgerError):
        bench.keep_verdict(1)


def test_no_attribute_goes_by_its_own_name() -> None:
    """Some six hundred words are reserved, ``ttl`` among them: expressions hold placeholders."""
    bench = Bench()
    bench.end_session()
    bench.keep_verdict(1)
    bench.take_lease(1)
    bench.keep_roster(UserRow())
    for _, payload in bench.table.asked:
        text = f"{payload['UpdateExpression']} {payload.get('ConditionExpression', '')}"
        words = set(text.replace("(", " ").replace(")", " ").replace(",", " ").split())
        plain = {word for word in words if word[0].isalpha()}
        assert plain <= {"SET", "REMOVE", "ADD", "AND", "OR", "attribute_not_exists"}
