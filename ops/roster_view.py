"""What the ledger holds of a user: watermarks, and the state of each session on the roster."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.judgement import Rows, TokenFacts, find_mark, is_verdict_fresh, watermark
from ledger.roster import SessionPolicy, is_displaced
from ledger.rows import (
    ClientRow,
    LedgerError,
    Member,
    PoolRow,
    Rank,
    SessionRow,
    UserRow,
    client_name,
    pool_name,
    user_name,
)
from ops.answers import UnavailableError
from ops.delays import verdict_ttl_seconds
from ops.deployment import Deployment
from ops.ledger_table import LedgerTable
from ops.users import User

LIVES = "lives, as far as the ledger knows"
DISPLACED = "displaced"


@dataclass(frozen=True, slots=True)
class RosterSession:
    """One session of the roster.

    Attributes:
        state: ``lives, as far as the ledger knows``, ``displaced``, or the reason of the mark that
            ends it.
        checked_at: when Cognito last said that it lives, in seconds since the epoch; 0 for never.
        is_verdict_fresh: whether that word is still being used.
    """

    session_id: str
    member: Member
    state: str
    checked_at: float
    is_verdict_fresh: bool


@dataclass(frozen=True, slots=True)
class LedgerView:
    """What the ledger holds of a user."""

    user: UserRow
    not_before: int
    """The maximum of the watermarks of everyone and of the user: sign-ins before it have ended."""
    sessions: tuple[RosterSession, ...]


def read_ledger_view(
    table: LedgerTable, deployment: Deployment, whose: User, *, now: float
) -> LedgerView:
    """Read a user's rows. Raises UnavailableError."""
    issuer = whose.issuer
    pool, user = pool_name(issuer), user_name(issuer, whose.subject)
    try:
        read = table.read([pool, user])
        pool_row, user_row = PoolRow.read(read[pool]), UserRow.read(read[user])
        names = {sid: whose.row_of(sid) for sid in user_row.sessions}
        clients = {
            member.client_id: client_name(issuer, member.client_id)
            for member in user_row.sessions.values()
        }
        items = table.read([*names.values(), *clients.values()]) if names else {}
        sessions = [
            _session(
                deployment,
                sid,
                user_row.sessions[sid],
                Rows(
                    pool_row,
                    ClientRow.read(items[clients[user_row.sessions[sid].client_id]]),
                    user_row,
                    SessionRow.read(items[name]),
                ),
                now,
            )
            for sid, name in names.items()
        ]
    except LedgerError as error:
        raise UnavailableError("ledger_unavailable", f"the ledger: {error}") from None
    empty = Rows(pool_row, ClientRow(), user_row, SessionRow())
    sessions.sort(key=lambda s: Rank(s.member.authenticated_at, s.session_id), reverse=True)
    return LedgerView(user_row, watermark(empty), tuple(sessions))


def _session(
    deployment: Deployment, session_id: str, member: Member, rows: Rows, now: float
) -> RosterSession:
    settings = deployment.settings
    assert settings.ledger is not None
    # A token that is issued now: marks on older tokens do not end the session's next one.
    mark = find_mark(rows, TokenFacts(member.authenticated_at, int(now)))
    rank, limit = Rank(member.authenticated_at, session_id), settings.ledger.limit
    state = LIVES
    if mark is not None:
        state = mark.value
    elif limit.policy is not SessionPolicy.OFF and is_displaced(rows.user, rank, limit):
        state = DISPLACED
    elif member.first_seen < rows.user.issued_not_before:
        state = rows.user.issued_reason
    ttl = verdict_ttl_seconds(settings, rows.pool.verdict_ttl_seconds)
    return RosterSession(
        session_id,
        member,
        state,
        rows.session.checked_at_ms / 1000,
        is_verdict_fresh(rows, now_ms=int(now * 1000), ttl_seconds=ttl),
    )
