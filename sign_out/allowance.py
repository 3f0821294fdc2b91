"""How many tokens without a living session beside them may cost a call: a token bucket."""

from __future__ import annotations

from transport import MonotonicClock


class Allowance:
    """``per_minute`` draws a minute, a quarter of them at once."""

    def __init__(self, per_minute: int, *, monotonic: MonotonicClock) -> None:
        self._per_second = per_minute / 60
        self._most = max(1.0, per_minute / 4)
        self._left = self._most
        self._monotonic = monotonic
        self._at = monotonic()

    def draw(self) -> bool:
        """Take one; False if none is left."""
        now = self._monotonic()
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
