"""Ends all sessions of a user at Cognito, within a bounded time."""

from __future__ import annotations

from typing import Protocol

from cognito.calls import Calls
from cognito.errors import CognitoError
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
    """Cognito's operation of that name: revokes all of a user's tokens, of all app clients.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
    """

    def __init__(self, settings: Settings, calls: Calls, *, monotonic: MonotonicClock) -> None:
        """
        Args:
            settings: for how long all attempts together may take.
            calls: who is called, and how often.
            monotonic: for the deadline.
        """
        self._settings = settings
        self._calls = calls
        self._monotonic = monotonic

    def __call__(self, trigger: Trigger) -> None:
        """See :class:`SignOut`."""
        deadline = Deadline.after(self._settings.sign_out_ms / 1000, self._monotonic)
        user = {"UserPoolId": trigger.user_pool_id, "Username": trigger.username}
        try:
            self._calls("AdminUserGlobalSignOut", user, deadline)
        except CognitoError as error:
            raise SignOutError(error.code) from None
