"""Token buckets: what AWS allows, for an account and for each of its users."""

from __future__ import annotations

from collections.abc import Callable


class TokenBucket:
    """Refills at ``per_second`` up to ``burst``; each call takes one, and none if it is empty."""

    def __init__(
        self,
        per_second: float,
        burst: float,
        now: Callable[[], float],
        *,
        is_full: bool = True,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._now = now
        self._left = burst if is_full else 0.0
        self._at = now()

    def take(self, count: float = 1.0) -> bool:
        """Whether there was enough left. A refusal takes nothing."""
        if not self.has(count):
            return False
        self._left -= count
        return True

    def take_part(self, part: float) -> bool:
        """Take part of one, for a call that weighs less: granted when any other would be."""
        if not self.has():
            return False
        self._left -= part
        return True

    def has(self, count: float = 1.0) -> bool:
        """Whether :meth:`take` would be granted now."""
        now = self._now()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        # A bucket that was refilled in many small steps may lack the last bit of a token.
        return self._left >= count - 1e-9


class UserBuckets:
    """A bucket for each user, kept for as long as it is not full."""

    def __init__(self, per_second: float, now: Callable[[], float]) -> None:
        self._per_second = per_second
        self._now = now
        self._buckets: dict[str, TokenBucket] = {}

    def of(self, subject: str) -> TokenBucket:
        """A user's own. It holds one second's worth."""
        bucket = self._buckets.get(subject)
        if bucket is None:
            bucket = TokenBucket(self._per_second, max(1.0, self._per_second), self._now)
            self._buckets[subject] = bucket
        return bucket
