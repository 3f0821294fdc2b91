"""Tries again what may pass, by the caller's one deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cognito.calls import Calls
from cognito.errors import CognitoError
from transport import Deadline


class Retrying:
    """Calls through others, as often as it is told; see :class:`cognito.calls.Calls`.

    Before the n-th retry the pause is up to ``2 ** (n - 1)`` seconds, and never longer than what
    the deadline leaves.
    """

    def __init__(
        self,
        calls: Calls,
        *,
        max_attempts: int,
        pause: Callable[[float], object],
        chance: Callable[[], float],
    ) -> None:
        """
        Args:
            calls: who is called.
            max_attempts: how often, the first time included.
            pause: waits for so many seconds.
            chance: a random number from 0 to 1: what part of a pause is made.
        """
        self._calls = calls
        self._max_attempts = max_attempts
        self._pause = pause
        self._chance = chance

    def __call__(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`cognito.calls.Calls`."""
        retries_left = self._max_attempts - 1
        longest_pause_seconds = 1
        while True:
            try:
                return self._calls(operation, arguments, deadline)
            except CognitoError as error:
                if not (retries_left and error.may_pass):
                    raise
            # Callers that met the quota together must not meet it together again.
            self._pause(min(longest_pause_seconds * self._chance(), deadline.remaining_seconds()))
            retries_left -= 1
            longest_pause_seconds *= 2
