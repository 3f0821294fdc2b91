"""API Gateway's result cache: one for each stage, keyed by the token, filled with Allow alone.

A raised error, such as the authorizer's 401 and 503, is not cached; a policy is, for the TTL from
when it came, and this project's policies end with their token.
"""

from __future__ import annotations

from collections.abc import Callable

from authorizer.tokens import VerifiedToken


class ResultCache:
    """What the gateway answers by itself."""

    def __init__(self, ttl_seconds: int, clock: Callable[[], float]) -> None:
        self._ttl = ttl_seconds
        self._clock = clock
        self._until: dict[str, float] = {}

    def allows(self, token: VerifiedToken) -> bool:
        """Whether there is a result for this token that still holds."""
        if self._ttl == 0:
            return False
        until = self._until.get(token.text)
        return until is not None and self._clock() < until

    def keep(self, token: VerifiedToken, *, at: float | None = None) -> None:
        """Remember that the authorizer has let this token in, just now or at that moment."""
        if self._ttl > 0:
            since = self._clock() if at is None else at
            self._until[token.text] = min(since + self._ttl, float(token.expires_at))
