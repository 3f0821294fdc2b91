"""How long others take to answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

#: Of the standard normal distribution: its 99th percentile.
_Z99 = 2.326347874040841


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A latency, told by its median and its 99th percentile, in milliseconds."""

    p50_ms: float
    p99_ms: float

    def draws(self, random: Random) -> Callable[[], float]:
        """A function that draws one latency after another, in seconds."""
        mean = math.log(self.p50_ms / 1000)
        deviation = math.log(self.p99_ms / self.p50_ms) / _Z99
        draw = random.lognormvariate
        return lambda: draw(mean, deviation)

    @property
    def mean_seconds(self) -> float:
        """The mean, which lies above the median."""
        deviation = math.log(self.p99_ms / self.p50_ms) / _Z99
        return self.p50_ms / 1000 * math.exp(deviation**2 / 2)


@dataclass(frozen=True, slots=True)
class Latencies:
    """Assumptions, for AWS publishes none of these; ``ops probe`` measures the first in an account.

    Args:
        getuser: within the Region, connection kept alive.
        key_set: Cognito's key set, over a new connection.
        dynamodb: one BatchGetItem or UpdateItem within the Region, connection kept alive.
        start: of a sandbox, until the handler can be called.
        handler: the authorizer's own time for one decision, all waiting apart.
        feed: from Cognito's answer to the mark: CloudTrail to EventBridge to the feed.
    """

    getuser: Lognormal = Lognormal(25, 120)
    key_set: Lognormal = Lognormal(40, 200)
    dynamodb: Lognormal = Lognormal(4, 20)
    start: Lognormal = Lognormal(250, 600)
    handler: Lognormal = Lognormal(1.0, 4.0)
    feed: Lognormal = Lognormal(120_000, 600_000)
