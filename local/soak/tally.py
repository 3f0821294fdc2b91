"""What was asked and what was answered, counted; and every answer that should not have been."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass

_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Surprise:
    """An answer that nothing explains. ``at_seconds`` is of the epoch."""

    at_seconds: float
    kind: str
    answer: str
    expected: str
    state: str


class Tally:
    """Counts, from any thread.

    Attributes:
        answers: by kind of request and answer.
        reasons: of the authorizer's decisions, by its log.
        events: what was done to the stack: outages, rotations and the like.
        surprises: how many answers were not expected.
        told: the first of them.
    """

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, str]] = Counter()
        self.reasons: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.surprises = 0
        self.told: deque[Surprise] = deque(maxlen=_MOST_TOLD)
        self._lock = threading.Lock()

    def count(self, kind: str, answer: str) -> None:
        """Count an answer."""
        with self._lock:
            self.answers[kind, answer] += 1

    def happened(self, event: str, times: int = 1) -> None:
        """Count something that was done to the stack."""
        with self._lock:
            self.events[event] += times

    def surprise(self, surprise: Surprise) -> None:
        """Count an answer that was not expected, and keep it if it is among the first."""
        with self._lock:
            self.surprises += 1
            if len(self.told) < _MOST_TOLD:
                self.told.append(surprise)

    @property
    def requests(self) -> int:
        """How many there were."""
        with self._lock:
            return self.answers.total()
