"""How long a soak is, how much load there is, and how often things go wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: What the stack is set to. A revocation that only Cognito knows is seen after all three.
GATEWAY_TTL_SECONDS = 1
MEMORY_TTL_SECONDS = 1
VERDICT_TTL_SECONDS = 2
DECLARED_DELAY_SECONDS = GATEWAY_TTL_SECONDS + MEMORY_TTL_SECONDS + VERDICT_TTL_SECONDS

#: The authorizer's own, after ``exp``.
LEEWAY_SECONDS = 5

#: How much earlier than planned, at most, anything happens; and how much later.
LEAST_PART, MOST_PART = 0.7, 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One soak. All times are seconds of the real clock."""

    seconds: float
    requests_per_second: float = 40.0
    workers: int = 4
    people_per_worker: int = 5
    sandboxes: int = 3
    seed: int = 0

    @property
    def warm_up_seconds(self) -> float:
        """Until caches are full, tokens have begun to expire and rows to be deleted."""
        return max(self.seconds * 0.2, min(self.seconds * 0.4, 150.0))

    @property
    def measured_seconds(self) -> float:
        """What is judged."""
        return self.seconds - self.warm_up_seconds

    @property
    def sample_seconds(self) -> float:
        """Between two samples, for each of which everybody waits a moment."""
        return _within(self.measured_seconds / 25, 0.25, 5.0)

    @property
    def token_seconds(self) -> int:
        """How long an access token lives. Cognito's own minimum is five minutes."""
        return 60 if self.seconds >= 300 else 10

    @property
    def outage_every_seconds(self) -> float:
        """Between two outages, each of a second or two."""
        return _within(self.seconds / 60, 6.0, 20.0)

    @property
    def rotate_every_seconds(self) -> float:
        """Between two rotations of the signing keys."""
        return _within(self.seconds / 30, max(12.0, self.shown_seconds / 5), 60.0)

    @property
    def recycle_every_seconds(self) -> float:
        """Between two replacements of a sandbox."""
        return _within(self.seconds / 90, 2.0, 15.0)

    @property
    def shown_seconds(self) -> float:
        """How old a token gets before nobody shows it any more: twice as old as it can live."""
        return 2.0 * (self.token_seconds + LEEWAY_SECONDS)

    @property
    def kept_key_pairs(self) -> int:
        """Signing keys that are still published: those of every token that anybody shows.

        One under a key that has been withdrawn names a key that does not exist, and may be
        answered 503 like any other that does (decision 3).
        """
        soonest = LEAST_PART * self.rotate_every_seconds
        return 2 + math.ceil(self.shown_seconds / soonest)


def _within(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))
