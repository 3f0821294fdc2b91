"""A wall clock that only moves when it is told to."""

from __future__ import annotations

from collections.abc import Callable

#: Seconds since the epoch.
WallClock = Callable[[], float]

#: 2027-01-15T08:00:00Z: any whole second will do, as long as it is the same on every run.
START_SECONDS = 1_800_000_000

_NANOSECONDS = 1_000_000_000


class MovableClock:
    """Seconds since the epoch, standing still between calls of :meth:`advance`.

    Time is kept in whole nanoseconds, so that 29.9 s and another 0.1 s are 30 s exactly.
    """

    def __init__(self, start_seconds: int = START_SECONDS) -> None:
        self._now_ns = start_seconds * _NANOSECONDS

    def __call__(self) -> float:
        """The time now."""
        return self._now_ns / _NANOSECONDS

    def advance(self, seconds: float) -> None:
        """Move the clock by ``seconds``; a negative number moves it backwards, as clocks can."""
        self._now_ns += round(seconds * _NANOSECONDS)
