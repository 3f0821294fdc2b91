"""A clock that stands still until it is moved."""

from __future__ import annotations


class MovableClock:
    """Wall-clock time in seconds since the epoch, moved by hand. Calling it tells the time."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time now."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move the clock; a negative number moves it backwards."""
        self.now += seconds
