"""What rows mean for one token."""

from __future__ import annotations

import pytest

from ledger.judgement import (
    CLOCK_SKEW_MS,
    THROTTLE_MS,
    MarkReason,
    Rows,
    TokenFacts,
    find_mark,
    is_throttled,
    is_verdict_fresh,
    watermark,
)
from ledger.rows import ClientRow, PoolRow, SessionRow, UserRow

TOKEN = TokenFacts(authenticated_at=1000, issued_at=2000)


def rows(
    pool: int = 0,
    client: int = 0,
    user: UserRow | None = None,
    session: SessionRow | None = None,
) -> Rows:
    return Rows(PoolRow(pool), ClientRow(client), user or UserRow(), session or SessionRow())


def test_without_marks_nothing_ends_a_session() -> None:
    """Empty rows hold no mark."""
    assert find_mark(rows(), TOKEN) is None
    assert watermark(rows()) == 0


@pytest.mark.parametrize("where", ["pool", "client", "user"])
def test_a_watermark_compares_with_the_sign_in(where: str) -> None:
    """It ends sessions signed in before it, and none that was signed in at that very second."""

    def at(moment: int) -> Rows:
        marks = {"pool": 0, "client": 0, "user": 0} | {where: moment}
        return rows(marks["pool"], marks["client"], UserRow(not_before=marks["user"]))

    assert find_mark(at(1000), TOKEN) is None
    assert find_mark(at(1001), TOKEN) is MarkReason.SESSION_REVOKED


def test_the_greatest_watermark_counts() -> None:
    """A low watermark in one row does not mask a high one in another."""
    assert watermark(rows(3, 1, UserRow(not_before=2))) == 3
    assert watermark(rows(1, 3, UserRow(not_before=2))) == 3
    assert watermark(rows(1, 2, UserRow(not_before=3))) == 3


def test_the_mark_on_issuing_compares_with_iat() -> None:
    """It ends tokens issued before it, whenever the session was signed in, and says why."""
    user = UserRow(issued_not_before=2000, issued_reason="signed_in_elsewhere")
    assert find_mark(rows(user=user), TOKEN) is None
    user = UserRow(issued_not_before=2001, issued_reason="signed_in_elsewhere")
    assert find_mark(rows(user=user), TOKEN) is MarkReason.SIGNED_IN_ELSEWHERE


def test_a_session_mark_needs_no_time() -> None:
    """A revoked session has ended, however late its token was issued; its reason comes first."""
    revoked = SessionRow(revoked_at=1, reason="user_disabled")
    late = TokenFacts(9_999, 9_999)
    assert find_mark(rows(session=revoked), late) is MarkReason.USER_DISABLED
    assert find_mark(rows(pool=9_999, session=revoked), TOKEN) is MarkReason.USER_DISABLED


@pytest.mark.parametrize("reason", ["", "a word of a later version"])
def test_an_unknown_reason_still_refuses(reason: str) -> None:
    """A mark holds also when its reason is not known."""
    revoked = SessionRow(revoked_at=1, reason=reason)
    user = UserRow(issued_not_before=9_999, issued_reason=reason)
    assert find_mark(rows(session=revoked), TOKEN) is MarkReason.SESSION_REVOKED
    assert find_mark(rows(user=user), TOKEN) is MarkReason.SESSION_REVOKED


def fresh(checked_at_ms: int, now_ms: int, *, checked_in: int = 0, generation: int = 0) -> bool:
    session = SessionRow(checked_at_ms=checked_at_ms, checked_generation=checked_in)
    held = rows(user=UserRow(generation=generation), session=session)
    return is_verdict_fresh(held, now_ms=now_ms, ttl_seconds=10)


def test_a_verdict_lives_for_the_ttl() -> None:
    """It is fresh until just before the TTL is over."""
    assert fresh(100_000, 109_999)
    assert not fresh(100_000, 110_000)


def test_a_verdict_of_another_generation_is_void() -> None:
    """Only one of the user's present generation counts, an older one as little as a later."""
    assert fresh(100_000, 100_000, checked_in=3, generation=3)
    assert not fresh(100_000, 100_000, checked_in=2, generation=3)
    assert not fresh(100_000, 100_000, checked_in=4, generation=3)


def test_a_verdict_from_the_future_is_believed_within_the_skew() -> None:
    """Clocks may be a few seconds apart; a clock that is further ahead does not make eternity."""
    assert fresh(100_000 + CLOCK_SKEW_MS, 100_000)
    assert not fresh(100_001 + CLOCK_SKEW_MS, 100_000)


def test_a_row_without_verdict_is_not_fresh() -> None:
    """Near the epoch too, no verdict is no verdict."""
    assert not fresh(0, 1)


def throttled(at_ms: int, now_ms: int) -> bool:
    return is_throttled(SessionRow(throttled_at_ms=at_ms), now_ms=now_ms)


def test_a_throttle_holds_for_its_time() -> None:
    """From when it was asked until just before the time is over."""
    assert throttled(100_000, 100_000)
    assert throttled(100_000, 100_000 + THROTTLE_MS - 1)
    assert not throttled(100_000, 100_000 + THROTTLE_MS)


def test_a_throttle_from_the_future_is_believed_for_as_long() -> None:
    """A clock that is ahead holds nobody for longer than the time once more."""
    assert throttled(100_000, 100_000 - THROTTLE_MS + 1)
    assert not throttled(100_000, 100_000 - THROTTLE_MS)


def test_a_row_without_throttle_holds_nobody() -> None:
    """Near the epoch too, no throttle is no throttle."""
    assert not throttled(0, 1)
