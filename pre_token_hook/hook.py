"""One call of the trigger: sign the user out everywhere if it is a sign-in, then let it go on.

Cognito calls the hook before it makes the tokens, and may call it again if it hears nothing for
five seconds; signing out twice does no harm. The event goes back as it came: an override that
is present but empty would wipe the user's groups.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pre_token_hook.mark import Marker
from pre_token_hook.settings import FailureRule, Settings
from pre_token_hook.sign_out import SignOut, SignOutError
from pre_token_hook.telemetry import Telemetry
from pre_token_hook.trigger import Trigger, TriggerEventError, read_trigger


class Outcome(StrEnum):
    """What became of a call. Values are stable: metrics are named after them."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_UNMARKED = "signed_out_unmarked"
    """Cognito has ended the older sessions, but the ledger was not told: they die with the verdict
    TTL instead of the memory TTL."""
    NOT_A_SIGN_IN = "not_a_sign_in"
    UNKNOWN_SOURCE = "unknown_source"
    """A trigger source that is not documented: nobody was signed out."""
    EXEMPT = "exempt"
    REFUSED = "refused"
    """The older sessions could not be ended, and the sign-in was refused."""
    ADMITTED = "admitted"
    """The older sessions could not be ended, and the sign-in went on (FAILURE_RULE=admit)."""


class SignInRefused(Exception):  # noqa: N818  # people read the text, operators the name
    """Fails the sign-in. Cognito shows the text to the user."""

    def __init__(self) -> None:
        super().__init__("Sign-in is not possible right now. Please try again in a minute.")


class Hook:
    """Leaves one session per user."""

    def __init__(
        self, settings: Settings, sign_out: SignOut, telemetry: Telemetry, marker: Marker | None
    ) -> None:
        self._settings = settings
        self._sign_out = sign_out
        self._telemetry = telemetry
        self._marker = marker

    def handle(self, event: Any, request_id: str = "") -> Any:
        """Handle one event and return it untouched.

        Raises:
            SignInRefused: the user's older sessions could not be ended (FAILURE_RULE=refuse).
        """
        trigger: Trigger | None = None
        outcome: Outcome | None = None
        failure = ""
        try:
            trigger = read_trigger(event)
            outcome = self._act(trigger)
        except TriggerEventError:
            failure = "event_malformed"
        except SignOutError as error:
            failure = error.code
        except Exception as error:
            # The one place that catches everything: its text could quote the event, and Cognito
            # would show it to the user.
            failure = type(error).__name__
        if outcome is None:
            is_refused = self._settings.failure_rule is FailureRule.REFUSE
            outcome = Outcome.REFUSED if is_refused else Outcome.ADMITTED
        self._telemetry.report(outcome, request_id, trigger=trigger, failure=failure)
        if outcome is Outcome.REFUSED:
            raise SignInRefused
        return event

    def _act(self, trigger: Trigger) -> Outcome:
        if not trigger.is_known:
            return Outcome.UNKNOWN_SOURCE
        if not trigger.is_sign_in:
            return Outcome.NOT_A_SIGN_IN
        if trigger.client_id in self._settings.exempt_client_ids:
            return Outcome.EXEMPT
        if trigger.groups & self._settings.exempt_groups:
            return Outcome.EXEMPT
        self._sign_out(trigger)
        if self._marker is not None and not self._marker.mark(trigger):
            return Outcome.SIGNED_OUT_UNMARKED
        return Outcome.SIGNED_OUT
