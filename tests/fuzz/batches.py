"""Runs a property on drawn inputs: a fixed number of them, or as many as a time allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy

LONG_SECONDS = 60
_BATCH = 1000

Drawn = TypeVar("Drawn")
Failed = TypeVar("Failed", bound=Exception)
Fuzz = Callable[[SearchStrategy[Drawn], Callable[[Drawn], None]], None]


def attempt(act: Callable[[], Drawn], *errors: type[Failed]) -> Drawn | Failed:
    """What comes of it: its value, or one of these errors. Any other error is a finding."""
    try:
        return act()
    except errors as error:
        return error


def fuzz_briefly(
    strategy: SearchStrategy[Drawn], holds: Callable[[Drawn], None], examples: int = 250
) -> None:
    """The same inputs on every run."""
    _batch(strategy, holds, number=0, examples=examples)


def fuzz_long(strategy: SearchStrategy[Drawn], holds: Callable[[Drawn], None]) -> None:
    """Batches of inputs, each from another seed, for :data:`LONG_SECONDS`."""
    number = first = time.time_ns()
    ends = time.monotonic() + LONG_SECONDS
    while time.monotonic() < ends:
        _batch(strategy, holds, number=number, examples=_BATCH)
        number += 1
    print(f"{number - first} batches of {_BATCH} from seed {first}")  # noqa: T201  # on a failure


def _batch(
    strategy: SearchStrategy[Drawn],
    holds: Callable[[Drawn], None],
    *,
    number: int,
    examples: int,
) -> None:
    def check(drawn: Drawn) -> None:
        holds(drawn)

    configured = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        # Inputs are large and lists of edits long, on purpose.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    seed(number)(configured(given(strategy)(check)))()
