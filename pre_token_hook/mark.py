"""Tells the session ledger that a user has signed in anew, so that caches need not find out.

The hook knows neither the name nor the ``auth_time`` of the session being made, which may lie
long before: a managed-login cookie keeps it for an hour. What it does know is that no token of
that session has been issued yet. So its mark is about **issuing**: tokens issued before the hook
ran, less a margin for clocks and for calls that Cognito repeats, have ended; and whatever Cognito
said of the user's sessions before must be asked again. ``docs/decisions/0006-the-hooks-mark.md``
shows why this never catches the new session and leaves no old one alive.
"""

from __future__ import annotations

from ledger.judgement import MarkReason
from ledger.rows import LedgerError, cognito_issuer
from ledger.writer import Writer
from pre_token_hook.settings import Settings
from pre_token_hook.trigger import Trigger
from transport import Deadline, MonotonicClock, WallClock


class Marker:
    """Writes the hook's mark. Twice or late it does no more than once and in time."""

    def __init__(
        self, settings: Settings, writer: Writer, *, clock: WallClock, monotonic: MonotonicClock
    ) -> None:
        """
        Args:
            settings: the margin and the time-out.
            writer: of the ledger's table.
            clock: wall-clock time, seconds since the epoch.
            monotonic: for the time-out.
        """
        self._settings = settings
        self._writer = writer
        self._clock = clock
        self._monotonic = monotonic

    def mark(self, trigger: Trigger) -> bool:
        """Mark the user of a sign-in; False if the ledger was not told.

        To be called when Cognito has signed the user out: verdicts asked for from then on are
        true, and those from before are void.
        """
        if not trigger.subject:
            return False
        moment = int(self._clock()) - self._settings.mark_margin_seconds
        deadline = Deadline.after(2 * self._settings.ledger_timeout_ms / 1000, self._monotonic)
        try:
            self._writer.end_tokens_issued_before(
                cognito_issuer(trigger.user_pool_id),
                trigger.subject,
                moment,
                MarkReason.SIGNED_IN_ELSEWHERE,
                deadline,
            )
        except LedgerError:
            return False
        return True
