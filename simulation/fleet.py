"""Sandboxes that start and die as Lambda's do.

Each serves one request at a time; when none is idle another one is started; one that has been idle
for long is ended, and each is replaced after some hours whatever it does. Which idle one gets a
request AWS does not say. Here it is any of them with equal chance, which spreads sessions the
widest: no assumption is worse for caches within sandboxes.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

Box = TypeVar("Box")


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """How long sandboxes live. AWS publishes neither; both are as commonly observed."""

    idle_seconds: float = 600.0
    longest_seconds: float = 7200.0


@dataclass(slots=True)
class Slot(Generic[Box]):
    """A place in the fleet, and who is in it."""

    box: Box
    ends_at: float
    idle_since: float
    is_cold: bool


class Fleet(Generic[Box]):
    """All sandboxes of one function."""

    def __init__(
        self,
        start: Callable[[], Box],
        *,
        cycle: LifeCycle,
        now: Callable[[], float],
        random: Random,
    ) -> None:
        """
        Args:
            start: makes a new sandbox.
            cycle: how long they live.
            now: the simulation's clock.
            random: chooses among the idle.
        """
        self._start = start
        self._cycle = cycle
        self._now = now
        self._random = random
        self._idle: list[Slot[Box]] = []
        self.busy = 0
        self.most = 0
        """The largest number of sandboxes that there were at any moment."""
        self.cold_starts = 0

    def __len__(self) -> int:
        return len(self._idle) + self.busy

    def warm(self, boxes: list[Box]) -> None:
        """Add sandboxes that were started before the simulation, each a random time ago."""
        now, longest = self._now(), self._cycle.longest_seconds
        for box in boxes:
            self._idle.append(Slot(box, now + self._random.random() * longest, now, is_cold=False))
        self.most = max(self.most, len(self))

    def take(self) -> Slot[Box]:
        """A sandbox for one request: an idle one, or a new one whose ``is_cold`` is set."""
        now = self._now()
        while self._idle:
            # The order of the idle means nothing, so the last may fill the gap.
            place = int(self._random.random() * len(self._idle))
            slot, self._idle[place] = self._idle[place], self._idle[-1]
            self._idle.pop()
            if now - slot.idle_since >= self._cycle.idle_seconds:
                continue
            if now >= slot.ends_at:
                slot = self._new(now)
            return self._taken(slot)
        return self._taken(self._new(now))

    def give_back(self, slot: Slot[Box]) -> None:
        """The request has been answered."""
        self.busy -= 1
        slot.is_cold = False
        slot.idle_since = self._now()
        self._idle.append(slot)

    def end_idle(self) -> None:
        """Let those die that have been idle for long."""
        limit = self._now() - self._cycle.idle_seconds
        self._idle = [slot for slot in self._idle if slot.idle_since > limit]

    def shrink(self, boxes: int) -> None:
        """Let all but so many of the idle die, as when a load has ended."""
        del self._idle[boxes:]

    def _taken(self, slot: Slot[Box]) -> Slot[Box]:
        self.busy += 1
        self.most = max(self.most, len(self))
        return slot

    def _new(self, now: float) -> Slot[Box]:
        self.cold_starts += 1
        return Slot(self._start(), now + self._cycle.longest_seconds, now, is_cold=True)
