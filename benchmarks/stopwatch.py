"""Times small things one by one, in this process."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from benchmarks.processes import Worker

_Item = TypeVar("_Item")


def each(
    act: Callable[[_Item], object], items: Iterable[_Item], count: int
) -> Callable[[], Sequence[float]]:
    """Takes the next ``count`` items at each call: the microseconds that ``act`` took with each.

    The collector runs before and not by chance within; it stays on, as it is in Lambda.
    """
    left = iter(items)

    def once() -> Sequence[float]:
        taken = []
        gc.collect()
        for item in itertools.islice(left, count):
            started = time.perf_counter_ns()
            act(item)
            taken.append((time.perf_counter_ns() - started) / 1000)
        assert len(taken) == count
        return taken

    return once


def worker(process: Worker, count: int) -> Callable[[], Sequence[float]]:
    """Lets a worker do it ``count`` times at each call: the microseconds that each took."""
    return lambda: [taken / 1000 for taken in process.do(count)]
