"""Carries out what a message orders: begin, mark, sign out at Cognito, finish.

What fails half-way leaves marks behind and is never finished, so that the transmitter can send it
again; doing all of it twice does no more than doing it once. What was finished is not done again:
a sign-out shown a second time would end what was signed in since.
``docs/decisions/0016-pushed-sign-outs.md``
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.judgement import MarkReason
from ledger.replay import Message, ReplayGuard
from ledger.rows import LedgerError, cognito_issuer, session_name
from ledger.writer import Writer
from receivers.cognito import CognitoUsers
from receivers.report import Outcome, Report, Step, UnavailableError
from receivers.subjects import Subject
from receivers.transmitters import CognitoNames, Transmitter
from transport import Deadline, WallClock


@dataclass(frozen=True, slots=True)
class Order:
    """A message whose every claim holds."""

    transmitter: Transmitter
    message: Message
    subject: Subject
    moment: int
    """A user's sessions that were signed in before it end, in seconds since the epoch."""
    is_begun: bool = False
    """Whether its route has begun the message: one whose subject stands outside the signature."""

    @property
    def ends_session(self) -> bool:
        """Whether the access tokens name the session that is meant."""
        return bool(self.subject.session) and self.transmitter.names_sessions

    @property
    def ends_user(self) -> bool:
        """Whether all of the user's sessions end: none is named, or no token would tell which."""
        return bool(self.subject.user) and (self.subject.is_either or not self.ends_session)

    @property
    def cognito_name(self) -> str:
        """What stands for the user in Cognito's user name; empty if nothing does."""
        names = self.transmitter.cognito
        if names is None:
            return ""
        return self.subject.user or (self.subject.email if names.takes_email else "")


class Ending:
    """Ends sessions. Everything it needs is given to it; see ``wiring``."""

    def __init__(
        self,
        guard: ReplayGuard,
        writer: Writer,
        *,
        user_pool_id: str,
        cognito: CognitoUsers | None,
        clock: WallClock,
    ) -> None:
        """
        Args:
            guard: remembers messages.
            writer: writes marks.
            user_pool_id: of ``cognito``.
            cognito: None if no transmitter's users map to it.
            clock: wall-clock time, seconds since the epoch.
        """
        self._guard = guard
        self._writer = writer
        self._user_pool_id = user_pool_id
        self._cognito = cognito
        self._clock = clock

    def begin(self, message: Message, deadline: Deadline) -> bool:
        """Whether a message may be carried out; see :meth:`ledger.replay.ReplayGuard.begin`.

        Raises:
            UnavailableError: what it says may be a replay, and nobody would remember it.
        """
        try:
            return self._guard.begin(message, now=int(self._clock()), deadline=deadline)
        except LedgerError:
            raise UnavailableError("ledger_unavailable") from None

    def carry_out(self, order: Order, report: Report, deadline: Deadline) -> Outcome:
        """Do all of it, or say why not.

        Raises:
            UnavailableError: not all of it is known to be done; it should be sent again.
        """
        if not (order.ends_session or order.ends_user or order.cognito_name):
            return Outcome.NOT_ACTIONABLE
        if not (order.is_begun or self.begin(order.message, deadline)):
            return Outcome.REPEATED
        now = int(self._clock())
        failures = [
            failure
            for failure in (
                self._mark(order, report, now, deadline),
                self._sign_out(order, report, now, deadline),
            )
            if failure
        ]
        if failures:
            raise UnavailableError(failures[0])
        try:
            self._guard.finish(order.message, now=now, deadline=deadline)
        except LedgerError:
            raise UnavailableError("ledger_unavailable") from None
        return _OUTCOMES.get(report.steps.get("cognito", Step.DONE), Outcome.SIGNED_OUT)

    def _mark(self, order: Order, report: Report, now: int, deadline: Deadline) -> str:
        """Mark what the transmitter's own tokens name. The code of what failed, if anything did."""
        issuer = order.transmitter.sessions_of
        try:
            if order.ends_session:
                self._writer.end_session(
                    # Its name is unique within the issuer, and a message may come without subject.
                    session_name(issuer, "", order.subject.session),
                    MarkReason.SESSION_REVOKED,
                    now=now,
                    deadline=deadline,
                )
            if order.ends_user:
                self._writer.end_user_before(issuer, order.subject.user, order.moment, deadline)
        except LedgerError:
            report.steps["ledger"] = Step.FAILED
            return "ledger_unavailable"
        if order.ends_session or order.ends_user:
            report.steps["ledger"] = Step.DONE
        return ""

    def _sign_out(self, order: Order, report: Report, now: int, deadline: Deadline) -> str:
        """Sign the Cognito user out, if there is one: the mark first, it bites soonest."""
        names = order.transmitter.cognito
        if self._cognito is None or names is None or not order.cognito_name:
            return ""
        try:
            step = self._end_cognito_user(self._cognito, names, order.cognito_name, now, deadline)
        except (LedgerError, UnavailableError) as error:
            report.steps["cognito"] = Step.FAILED
            return error.code if isinstance(error, UnavailableError) else "ledger_unavailable"
        report.steps["cognito"] = step
        return ""

    def _end_cognito_user(
        self, cognito: CognitoUsers, names: CognitoNames, name: str, now: int, deadline: Deadline
    ) -> Step:
        user = cognito.find(names, name, deadline)
        if user is None:
            return Step.UNKNOWN
        issuer = cognito_issuer(self._user_pool_id)
        try:
            # By our clock: Cognito's sessions are not the transmitter's, and end as of now.
            self._writer.end_user_before(issuer, user.subject, now + 1, deadline)
        finally:
            # One step's failure does not keep the next from being tried.
            is_signed_out = cognito.sign_out(user, deadline)
        return Step.DONE if is_signed_out else Step.REFUSED


_OUTCOMES = {Step.UNKNOWN: Outcome.USER_UNKNOWN, Step.REFUSED: Outcome.NOT_SIGNED_OUT}
