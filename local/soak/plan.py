"""How long a soak is, how much load there is, and how often things go wrong."""

from __future__ import annotations

from dataclasses import dataclass

#: What the stack is set to. A revocation that only Cognito knows is seen after all three.
GATEWAY_TTL_SECONDS = 1
MEMORY_TTL_SECONDS = 1
VERDICT_TTL_SECONDS = 2
DECLARED_DELAY_SECONDS = GATEWAY_TTL_SECONDS + MEMORY_TTL_SECONDS + VERDICT_TTL_SECONDS

#: The authorizer's own, after ``exp``.
LEEWAY_SECONDS = 5


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
        """Between two samples: about a hundred of them, and at least one in five seconds."""
        return _within(self.measured_seconds / 100, 0.25, 5.0)

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
        return _within(self.seconds / 30, 12.0, 60.0)

    @property
    def recycle_every_seconds(self) -> float:
        """Between two replacements of a sandbox."""
        return _within(self.seconds / 90, 2.0, 15.0)

    @property
    def kept_key_pairs(self) -> int:
        """Signing keys that are still published: those of every token that lives."""
        return 2 + int((self.token_seconds + LEEWAY_SECONDS) / self.rotate_every_seconds)


def _within(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))
