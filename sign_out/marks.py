"""Marks in the ledger: what makes the authorizer refuse before Cognito knows anything."""

from __future__ import annotations

from ledger.judgement import MarkReason
from ledger.rows import session_name
from ledger.writer import Writer
from sign_out.session import Session
from transport import Deadline, WallClock


class Marker:
    """Marks sessions as ended."""

    def __init__(self, writer: Writer, *, clock: WallClock) -> None:
        self._writer = writer
        self._clock = clock

    def end_session(self, session: Session, deadline: Deadline) -> None:
        """End this one session, and every token that a refresh may still bring it.

        Raises:
            ledger.rows.LedgerError: nobody can say that it is marked.
        """
        self._writer.end_session(
            session_name(session.ledger_issuer, session.owner, session.session_id),
            MarkReason.SESSION_REVOKED,
            now=int(self._clock()),
            deadline=deadline,
        )

    def end_everywhere(self, session: Session, deadline: Deadline) -> None:
        """End every session of its user that was signed in until now; or, by a token that has
        expired, until its own was.

        Raises:
            ledger.rows.LedgerError: nobody can say that they are marked.
        """
        # A watermark ends what was signed in before it, in whole seconds: the next one. The
        # issuer's clock may be ahead of ours.
        until = 0 if session.is_expired else int(self._clock())
        moment = max(until, session.signed_in_at) + 1
        self._writer.end_user_before(session.ledger_issuer, session.subject, moment, deadline)
