"""Ends all sessions of a user at Cognito, within a bounded time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pre_token_hook.cognito import Cognito, CognitoError
from pre_token_hook.settings import Settings
from pre_token_hook.trigger import Trigger
from transport import Deadline, MonotonicClock


class SignOutError(Exception):
    """The user's older sessions may live on. ``code`` is a :class:`CognitoError`'s."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignOut(Protocol):
    """Ends all sessions of the user that a trigger is about."""

    def __call__(self, trigger: Trigger) -> None:
        """Sign the user out everywhere. Doing it twice does no more than doing it once.

        Raises:
            SignOutError: if that can't be said to have happened.
        """
        ...


class AdminUserGlobalSignOut:
    """Cognito's operation of that name, tried as often as the settings say, by one deadline."""

    def __init__(
        self,
        settings: Settings,
        cognito: Cognito,
        *,
        monotonic: MonotonicClock,
        pause: Callable[[float], object],
        chance: Callable[[], float],
    ) -> None:
        """
        Args:
            settings: how often, and for how long.
            cognito: who is called.
            monotonic: for the deadline.
            pause: waits for so many seconds.
            chance: a random number from 0 to 1: what part of a pause is made.
        """
        self._settings = settings
        self._cognito = cognito
        self._monotonic = monotonic
        self._pause = pause
        self._chance = chance

    def __call__(self, trigger: Trigger) -> None:
        """See :class:`SignOut`."""
        deadline = Deadline.after(self._settings.sign_out_ms / 1000, self._monotonic)
        retries_left = self._settings.max_attempts - 1
        longest_pause_seconds = 1
        while True:
            try:
                self._cognito.sign_out(trigger.user_pool_id, trigger.username, deadline)
            except CognitoError as error:
                if not (retries_left and error.may_pass):
                    raise SignOutError(error.code) from None
            else:
                return
            # Sign-ins that met the quota together must not meet it together again.
            self._pause(min(longest_pause_seconds * self._chance(), deadline.remaining_seconds()))
            retries_left -= 1
            longest_pause_seconds *= 2
