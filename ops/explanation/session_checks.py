"""Whether the session lives: the ledger's marks one by one, the roster, and the issuer's word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from authorizer.errors import Reason
from authorizer.revocation.check import FoundBy, RevocationCheck, judge_of
from authorizer.revocation.ledger_check import is_for_ledger
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.question import Question
from authorizer.revocation.verdict import Outcome, SessionSource
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from ledger.judgement import Rows, TokenFacts, find_mark, is_verdict_fresh, watermark
from ledger.names import Names
from ledger.roster import Limit, SessionPolicy, enrol
from ledger.rows import ClientRow, Member, PoolRow, SessionRow, UserRow
from ops.answers import moment_text
from ops.delays import verdict_ttl_seconds
from ops.explanation.checks import Check, Result, State
from transport import Deadline, MonotonicClock, WallClock

_STATES = {
    Outcome.ACTIVE: State.PASSED,
    Outcome.REJECTED: State.FAILED,
    Outcome.UNAVAILABLE: State.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class SharedVerdict:
    """The issuer's last word on the session, as the ledger holds it.

    Attributes:
        asked_at: seconds since the epoch; 0 for never.
        fresh_until: until when it is used instead of asking; 0 if it is not.
    """

    asked_at: float
    fresh_until: float


def names_of(token: VerifiedToken, deadline: Deadline) -> Names:
    """The ledger's rows that concern a token."""
    return Question.about(token, deadline).names


def check_marks(rows: Rows, token: VerifiedToken) -> Result:
    """Whether a mark ends the session; every one that does is named."""
    facts = TokenFacts(token.authenticated_at, token.issued_at)
    found = find_mark(rows, facts)
    if found is None:
        return Result(Check.MARKS, State.PASSED)
    said = "; ".join(text for text, one in _one_by_one(rows) if find_mark(one, facts) is not None)
    return Result(Check.MARKS, State.FAILED, Reason(found.value), said)


def check_roster(rows: Rows, token: VerifiedToken, limit: Limit, *, now: int) -> Result:
    """Whether the session has its place, or would get one. Nothing is written."""
    if limit.policy is SessionPolicy.OFF or not token.has_session:
        return Result(Check.ROSTER, State.PASSED, detail="sessions are not limited")
    known = token.session_id in rows.user.sessions
    member = Member(token.authenticated_at, token.client_id, now, now, "other")
    placed = enrol(
        rows.user, token.session_id, member, limit, now=now, ended_before=watermark(rows)
    )
    if placed.is_within:
        return Result(
            Check.ROSTER, State.PASSED, detail="on the roster" if known else "not on it yet"
        )
    reason = (
        Reason.SESSION_LIMIT_REACHED
        if limit.policy is SessionPolicy.REFUSE_NEW
        else Reason.SIGNED_IN_ELSEWHERE
    )
    return Result(Check.ROSTER, State.FAILED, reason)


def shared_verdict(
    rows: Rows, token: VerifiedToken, settings: Settings, *, now: float
) -> SharedVerdict:
    """What other sandboxes go by without asking the issuer."""
    if token.is_judged_alone:
        # What was said of other tokens of the session is nothing to this one.
        return SharedVerdict(0.0, 0.0)
    ttl = verdict_ttl_seconds(settings, rows.pool.verdict_ttl_seconds)
    asked_at = rows.session.checked_at_ms / 1000
    is_fresh = is_verdict_fresh(rows, now_ms=int(now * 1000), ttl_seconds=ttl)
    return SharedVerdict(asked_at, asked_at + ttl if is_fresh else 0.0)


def check_session(
    token: VerifiedToken,
    settings: Settings,
    sources: Sequence[SessionSource],
    *,
    clock: WallClock,
    monotonic: MonotonicClock,
    deadline: Deadline,
) -> Result:
    """Ask the issuer now, whatever was remembered, by the authorizer's own check."""
    is_asked = judge_of(token, sources) is not None
    if settings.ledger is not None and not is_asked and is_for_ledger(token):
        return Result(Check.SESSION, State.PASSED, detail="judged by marks alone")
    nothing = VerdictMemory(ttl_seconds=0, stale_grace_seconds=0, max_entries=1)
    check = RevocationCheck(settings, sources, nothing, clock=clock, monotonic=monotonic)
    finding = check.find(token, deadline)
    detail = f"found by {finding.found_by}"
    if finding.asked is not None:
        detail = f"{finding.asked.source} answered after {finding.asked.elapsed_ms:.0f} ms"
        if finding.found_by == FoundBy.OUTAGE_RULE:
            detail += f": {finding.asked.verdict.reason}, and the outage rule lets it in"
    verdict = finding.verdict
    return Result(Check.SESSION, _STATES[verdict.outcome], verdict.reason, detail)


def _one_by_one(rows: Rows) -> Iterator[tuple[str, Rows]]:
    """Each mark by itself, in words."""
    no_pool, no_client, no_user, no_session = PoolRow(), ClientRow(), UserRow(), SessionRow()
    user = rows.user
    yield (
        f"everyone who signed in before {moment_text(rows.pool.not_before)}",
        Rows(rows.pool, no_client, no_user, no_session),
    )
    yield (
        f"whoever came by this client before {moment_text(rows.client.not_before)}",
        Rows(no_pool, rows.client, no_user, no_session),
    )
    yield (
        f"the user's sign-ins before {moment_text(user.not_before)}",
        Rows(no_pool, no_client, UserRow(not_before=user.not_before), no_session),
    )
    issued = UserRow(issued_not_before=user.issued_not_before, issued_reason=user.issued_reason)
    yield (
        f"the user's tokens issued before {moment_text(user.issued_not_before)}",
        Rows(no_pool, no_client, issued, no_session),
    )
    yield (
        f"this session, revoked at {moment_text(rows.session.revoked_at)}",
        Rows(no_pool, no_client, no_user, rows.session),
    )
