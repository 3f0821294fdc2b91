"""What the rest of the package may expect of the network: one request, one answer, one deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

#: Seconds since the epoch.
WallClock = Callable[[], float]

#: Seconds on some monotonic scale; only differences mean anything.
MonotonicClock = Callable[[], float]


class TransportError(Exception):
    """No complete answer came: refused, reset, timed out, too long or not HTTP.

    The message is one of a few fixed words, never text from the other side.
    """


class Answer(NamedTuple):
    """A complete HTTP answer."""

    status: int
    body: bytes
    request_id: str = ""
    """AWS's own name for the request. Every answer of its services has one, and nobody else's."""
    challenge: str = ""
    """What ``WWW-Authenticate`` says (RFC 9110, section 11.6.1)."""


class Deadline(NamedTuple):
    """A moment on a monotonic clock by which a decision must be made."""

    at: float
    clock: MonotonicClock

    @classmethod
    def after(cls, seconds: float, clock: MonotonicClock) -> Deadline:
        """The deadline ``seconds`` from now."""
        return cls(clock() + seconds, clock)

    def remaining_seconds(self) -> float:
        """Seconds left, never below zero."""
        left = self.at - self.clock()
        return left if left > 0 else 0.0


class Transport(Protocol):
    """What the adapters need of the network."""

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        """Send one request and read the whole answer.

        Raises:
            TransportError: when no complete answer of at most ``max_bytes`` came in time.
        """
        ...
