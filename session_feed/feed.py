"""One event: what it says becomes a mark, or nothing."""

from __future__ import annotations

from typing import Any

from ledger.rows import cognito_issuer
from ledger.writer import Writer
from session_feed.events import Effect, EventError, Revocation, read_event
from session_feed.settings import Settings
from session_feed.telemetry import Telemetry
from transport import Deadline, MonotonicClock, WallClock


class Feed:
    """Turns events into marks."""

    def __init__(
        self,
        settings: Settings,
        writer: Writer,
        telemetry: Telemetry,
        *,
        clock: WallClock,
        monotonic: MonotonicClock,
    ) -> None:
        self._settings = settings
        self._writer = writer
        self._telemetry = telemetry
        self._clock = clock
        self._monotonic = monotonic

    def handle(self, event: Any, request_id: str = "") -> None:
        """Handle one event. One that can't be acted on is counted, and dropped if it is no loss.

        Raises:
            ledger.rows.LedgerError: the mark was not written. Lambda tries again, and after that
                the event goes to the dead-letter queue.
            session_feed.events.EventError: it can't be acted on, and somebody has to: it goes the
                same way.
        """
        try:
            revocation = read_event(
                event, self._settings.user_pool_id, self._settings.hook_role_arn
            )
        except EventError as error:
            self._telemetry.report("unusable", request_id, why=str(error))
            if error.is_loss:
                raise
            return
        if revocation is None:
            self._telemetry.report("ignored", request_id)
            return
        self._write(revocation)
        # Two clocks, one of them in whole seconds: a little less than nothing is nothing.
        lag_seconds = max(0.0, round(self._clock() - revocation.happened_at, 3))
        self._telemetry.report("marked", request_id, revocation=revocation, lag_seconds=lag_seconds)

    def _write(self, revocation: Revocation) -> None:
        issuer = cognito_issuer(self._settings.user_pool_id)
        deadline = Deadline.after(self._settings.write_timeout_ms / 1000, self._monotonic)
        subject, moment = revocation.subject, revocation.happened_at
        if revocation.effect is Effect.END_TOKENS:
            self._writer.end_tokens_issued_before(
                issuer, subject, moment, revocation.reason, deadline
            )
        elif revocation.effect is Effect.END_SESSIONS:
            self._writer.end_user_before(issuer, subject, moment, deadline)
        else:
            self._writer.void_verdicts(issuer, subject, deadline)
