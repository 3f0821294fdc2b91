"""Whether something grows: the slope of a robust fit through samples, against its limit.

Theil and Sen's estimator: the median of the slopes between all pairs of samples. A spike, or a
single step of an allocator, does not move it; a leak does, however small, if it goes on.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from local.soak.samples import Sample


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one thing may seem to grow while it is judged.

    ``per_minute`` is the bound that counts; in a run of a few minutes noise alone looks like
    more, and ``floor`` is what it may look like then.
    """

    name: str
    unit: str
    floor: float
    per_minute: float

    def value(self, sample: Sample) -> float:
        """The thing in a sample."""
        value: float = getattr(sample, self.name)
        return value


#: A leak of 100 bytes a request is 0.25 MiB a minute at 40 requests a second. Threads and file
#: descriptors may not become more at all: connections that are kept alive are a few.
LIMITS = (
    Limit("resident_mib", "MiB", floor=4.0, per_minute=0.2),
    Limit("python_mib", "MiB", floor=1.0, per_minute=0.05),
    Limit("threads", "", floor=2.0, per_minute=0.0),
    Limit("descriptors", "", floor=2.0, per_minute=0.0),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the samples say of one thing."""

    limit: Limit
    first: float
    last: float
    most: float
    slope_per_minute: float
    growth: float
    """By the slope, over the time that is judged."""
    allowed: float

    @property
    def is_flat(self) -> bool:
        """Whether it grew by no more than its limit allows."""
        return self.growth <= self.allowed


def judge(samples: Sequence[Sample], limits: Sequence[Limit] = LIMITS) -> list[Finding]:
    """What two samples or more say of each thing.

    Raises:
        ValueError: there are fewer, or all are of one moment.
    """
    if len(samples) < 2 or samples[-1].at_seconds <= samples[0].at_seconds:
        raise ValueError("nothing can be said of so few samples")
    minutes = (samples[-1].at_seconds - samples[0].at_seconds) / 60
    findings = []
    for limit in limits:
        values = [limit.value(sample) for sample in samples]
        points = [(sample.at_seconds / 60, limit.value(sample)) for sample in samples]
        slope = slope_of(points)
        third = max(1, len(values) // 3)
        findings.append(
            Finding(
                limit=limit,
                first=median(values[:third]),
                last=median(values[-third:]),
                most=max(values),
                slope_per_minute=slope,
                growth=slope * minutes,
                allowed=max(limit.floor, limit.per_minute * minutes),
            )
        )
    return findings


def slope_of(points: Sequence[tuple[float, float]]) -> float:
    """Theil and Sen's slope of values over times."""
    return median(
        (later - earlier) / (end - start)
        for (start, earlier), (end, later) in itertools.combinations(points, 2)
        if end > start
    )
