"""How much longer one act takes than another, on a machine that others keep busy."""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable

_ROUNDS = 25
_TRIES = 5


def takes_longer(act: Callable[[], object], than: Callable[[], object], *, times: float) -> bool:
    """Whether an act takes more than so many times as long as another, however often measured.

    A machine that is busy can slow one of them down in one measurement; what grows faster than it
    may is slower in each.
    """
    return all(_fastest(act, than) > times for _ in range(_TRIES))


def _fastest(act: Callable[[], object], than: Callable[[], object]) -> float:
    """The ratio of the fastest of many, in turn: what they cost, without what the machine did.

    Without collections of garbage, which ``timeit`` puts off: what they cost depends on everything
    else that the tests' process holds. And without coverage, which costs by the line.
    """
    timer, other = timeit.Timer(act), timeit.Timer(than)
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        rounds = [(timer.timeit(1), other.timeit(1)) for _ in range(_ROUNDS)]
    finally:
        sys.settrace(trace)
    return min(seconds for seconds, _ in rounds) / min(seconds for _, seconds in rounds)
