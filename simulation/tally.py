"""Counts what happened within the measured time, to the load's own sessions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulation.api import BY_GATEWAY, Answered
from simulation.outcome import Answers


@dataclass(slots=True)
class Tally:
    """Requests made from ``begin`` until ``end`` count, whenever they are answered."""

    begin: float
    end: float
    requests: int = 0
    found_by: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrongly_refused: int = 0
    billed_seconds: float = 0.0
    seconds: list[float] = field(default_factory=list)
    getuser_asked: int = 0
    getuser_throttled: int = 0
    sign_ins: int = 0

    def is_open(self, now: float) -> bool:
        """Whether what happens now counts."""
        return self.begin <= now < self.end

    def record(self, answered: Answered) -> None:
        """One answer."""
        if not self.is_open(answered.asked_at) or answered.session.is_watched:
            return
        self.requests += 1
        self.statuses[answered.status] += 1
        self.found_by[answered.found_by] += 1
        if answered.status == 401 and not answered.session.is_ended:
            self.wrongly_refused += 1
        if answered.found_by != BY_GATEWAY:
            self.billed_seconds += answered.billed_seconds
            self.seconds.append(answered.answered_at - answered.asked_at)

    @property
    def authorizer_calls(self) -> int:
        """Requests that the gateway did not answer by itself."""
        return self.requests - self.found_by[BY_GATEWAY]

    def answers(self) -> Answers:
        """As shares of all requests."""
        total = max(1, self.requests)
        self.seconds.sort()
        return Answers(
            granted=self.statuses[200] / total,
            unavailable=self.statuses[503] / total,
            wrongly_refused=self.wrongly_refused / total,
            found_by={name: count / total for name, count in sorted(self.found_by.items())},
            latency_p50_ms=1000 * quantile(self.seconds, 0.50),
            latency_p99_ms=1000 * quantile(self.seconds, 0.99),
        )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that a share of all does not exceed; 0 of nothing."""
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
