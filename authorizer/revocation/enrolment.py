"""Registers a session on its user's roster the first time it is seen, whoever else does so too."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from authorizer.revocation.question import Question
from authorizer.tokens import VerifiedToken
from ledger.judgement import MarkReason, Rows
from ledger.reader import Reader
from ledger.roster import Enrolment, Limit, SessionPolicy, enrol, is_displaced, without
from ledger.rows import ContendedError, LedgerError, Member, Rank, SessionRow, UserRow
from ledger.writer import Writer
from transport import WallClock

#: A roster that others keep writing at the same time is tried this often.
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The user's row after enrolling, and why the session is not within the limit, if it is not."""

    user: UserRow
    refusal: MarkReason | None
    evicted: int


class Enroller:
    """Keeps rosters. Every write demands the version that it was computed from."""

    def __init__(self, limit: Limit, reader: Reader, writer: Writer, *, clock: WallClock) -> None:
        self._limit = limit
        self._reader = reader
        self._writer = writer
        self._clock = clock

    def enrol(self, question: Question, rows: Rows, device: str) -> Enrolled:
        """Place the token's session.

        Raises:
            ContendedError: others wrote the roster each time; whether the session is within the
                limit is not known.
            LedgerError: the roster could not be read or written.
        """
        now, user = int(self._clock()), rows.user
        token, name, deadline = question.token, question.names.user, question.deadline
        # Sign-outs are timed by Cognito's clock, and ours may be behind: who has a token of after
        # one was not seen before it.
        first_seen = max(now, token.issued_at)
        member = Member(token.authenticated_at, token.client_id, first_seen, now, device)
        for _ in range(_TRIES):
            user = self._without_ended(question, user)
            placed = enrol(
                user,
                token.session_id,
                member,
                self._limit,
                now=now,
                ended_before=max(rows.pool.not_before, user.not_before),
                client_ended_before=rows.client.not_before,
            )
            if placed.row is None:
                return self._enrolled(user, placed)
            if self._writer.keep_roster(name, placed.row, now=now, deadline=deadline):
                written = replace(placed.row, version=placed.row.version + 1)
                return self._enrolled(written, placed)
            user = UserRow.read(self._reader.read([name], deadline)[name])
        raise ContendedError("contended")

    def _without_ended(self, question: Question, user: UserRow) -> UserRow:
        """The roster without sessions that a mark has ended, where a newcomer finds it full.

        Whoever signs out shows the session's token no more, and so it is nobody else who sees.
        """
        names = question.names
        if names.session_id in user.sessions or len(user.sessions) < self._limit.sessions:
            return user
        rows = {other: replace(names, session_id=other).session for other in user.sessions}
        items = self._reader.read(list(rows.values()), question.deadline)
        living = {
            other: member
            for other, member in user.sessions.items()
            if SessionRow.read(items[rows[other]]).revoked_at == 0
        }
        return replace(user, sessions=living)

    def displaces(self, token: VerifiedToken, user: UserRow) -> bool:
        """Whether the session has lost its place for good."""
        return is_displaced(user, Rank(token.authenticated_at, token.session_id), self._limit)

    def has_placed(self, token: VerifiedToken, user: UserRow) -> bool:
        """Whether the session stands on the roster, if it needs to."""
        return self._limit.policy is SessionPolicy.NOTIFY_ONLY or token.session_id in user.sessions

    def _enrolled(self, user: UserRow, placed: Enrolment) -> Enrolled:
        refusal = None
        if not placed.is_within:
            is_first_come = self._limit.policy is SessionPolicy.REFUSE_NEW
            refusal = (
                MarkReason.SESSION_LIMIT_REACHED
                if is_first_come
                else MarkReason.SIGNED_IN_ELSEWHERE
            )
        return Enrolled(user, refusal, placed.evicted)

    def withdraw(self, question: Question, user: UserRow) -> None:
        """Free the place of a session that has ended, if nobody else writes the roster now.

        A place that is not freed stays taken until it is idle for long enough.
        """
        names = question.names
        if names.session_id in user.sessions:
            left = replace(user, sessions=without(user.sessions, names.session_id))
            with suppress(LedgerError):
                self._writer.keep_roster(
                    names.user, left, now=int(self._clock()), deadline=question.deadline
                )
