"""What the rows mean for one token. Pure: no clock, no network.

A mark beats any verdict. Of several watermarks the **maximum** counts, so that none can mask
another: two published vulnerabilities of an identity server were just that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ledger.rows import ClientRow, PoolRow, SessionRow, UserRow

#: How far two clocks of AWS's may be apart and still be believed, in milliseconds.
CLOCK_SKEW_MS = 5_000

#: For so long after Cognito has refused to answer about a session for want of quota, nobody asks it
#: again, in milliseconds: a quota is per second. See docs/decisions/0015-a-throttle-is-shared.md.
THROTTLE_MS = 1_000


class MarkReason(StrEnum):
    """Why a mark ends a session. Values are stable: they stand in the table and in logs."""

    SESSION_REVOKED = "session_revoked"
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    SESSION_LIMIT_REACHED = "session_limit_reached"
    USER_DISABLED = "user_disabled"
    USER_NOT_FOUND = "user_not_found"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What of a verified token is compared with marks, in seconds since the epoch."""

    authenticated_at: int
    issued_at: int


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows that concern one token, as they were read together."""

    pool: PoolRow
    client: ClientRow
    user: UserRow
    session: SessionRow


def watermark(rows: Rows) -> int:
    """Sessions signed in before this moment have ended: the maximum of all that are set."""
    return max(rows.pool.not_before, rows.client.not_before, rows.user.not_before)


def find_mark(rows: Rows, token: TokenFacts) -> MarkReason | None:
    """The mark that ends this token's session, or None if there is none.

    ``not_before`` compares with ``auth_time``, which a refresh leaves as it was;
    ``issued_not_before`` with ``iat``: a token issued before a global sign-out has no refresh
    that could renew it (see docs/decisions/0006-the-hooks-mark.md).
    """
    if rows.session.revoked_at:
        return _reason(rows.session.reason)
    if token.authenticated_at < watermark(rows):
        return MarkReason.SESSION_REVOKED
    if token.issued_at < rows.user.issued_not_before:
        return _reason(rows.user.issued_reason)
    return None


def is_verdict_fresh(rows: Rows, *, now_ms: int, ttl_seconds: int) -> bool:
    """Whether the shared *active* verdict may still be used.

    It must have been asked for in the user's present generation: a sign-in elsewhere begins a
    new one, and with it every earlier verdict is void, whatever the clocks say.
    """
    age_ms = now_ms - rows.session.checked_at_ms
    return (
        rows.session.checked_at_ms > 0
        and rows.session.checked_generation == rows.user.generation
        and -CLOCK_SKEW_MS <= age_ms < ttl_seconds * 1000
    )


def is_throttled(session: SessionRow, *, now_ms: int) -> bool:
    """Whether a question about the session has just been throttled: an outage, never a refusal.

    Just, by the reader's clock: before or after. However wrong the writer's clock was, nobody is
    held by it for longer than twice the time.
    """
    return session.throttled_at_ms > 0 and abs(now_ms - session.throttled_at_ms) < THROTTLE_MS


def _reason(text: str) -> MarkReason:
    try:
        return MarkReason(text)
    except ValueError:
        return MarkReason.SESSION_REVOKED
