"""Statistics: candidates in turn, medians of rounds, and ratios of what ran side by side."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """A median, and the quartiles around it."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """One number for each round, in the order of the rounds.

    Attributes:
        per_round: how many observations each number stands for.
    """

    rounds: tuple[float, ...]
    per_round: int = 1

    @property
    def samples(self) -> int:
        """Observations in all."""
        return len(self.rounds) * self.per_round

    @property
    def spread(self) -> Spread:
        """Over the rounds."""
        return spread_of(self.rounds)

    def combine(self, other: Series, how: Callable[[float, float], float]) -> Series:
        """Round by round with another series of the same run."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return Series(tuple(how(mine, theirs) for mine, theirs in pairs), self.per_round)

    def ratio_to(self, peer: Series) -> Spread:
        """Over the rounds, each divided by the peer's: what slowed both is in neither."""
        return self.combine(peer, lambda mine, theirs: mine / theirs).spread


def spread_of(values: Sequence[float]) -> Spread:
    """Median and quartiles; a single value is its own.

    Raises:
        statistics.StatisticsError: there is no value.
    """
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of at least two lie below, interpolated."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def take_turns(
    rounds: Iterable[int], candidates: Mapping[str, Callable[[], Sequence[float]]]
) -> dict[str, list[Sequence[float]]]:
    """Let every candidate have its turn in every round; who begins changes from round to round.

    Args:
        rounds: their numbers.
        candidates: each measures for one round, and returns its observations.
    """
    names = list(candidates)
    seen: dict[str, list[Sequence[float]]] = {name: [] for name in names}
    for number in rounds:
        first = number % len(names)
        for name in names[first:] + names[:first]:
            seen[name].append(candidates[name]())
    return seen


def in_turn(
    rounds: Iterable[int],
    candidates: Mapping[str, Callable[[], Sequence[float]]],
    reduce: Callable[[Sequence[float]], float] = statistics.median,
) -> dict[str, Series]:
    """One number for each candidate and round; see :func:`take_turns`.

    Args:
        reduce: makes it of a round's observations.
    """
    return {
        name: Series(tuple(reduce(values) for values in series), len(series[0]))
        for name, series in take_turns(rounds, candidates).items()
    }
