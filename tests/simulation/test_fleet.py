"""Sandboxes start and die."""

from __future__ import annotations

from collections import Counter
from itertools import count
from random import Random

from simulation.fleet import Fleet, LifeCycle
from tests.simulation.test_quotas import Now


def fleet(now: Now, cycle: LifeCycle | None = None) -> Fleet[int]:
    """Sandboxes that are numbers, from 100 on."""
    numbers = count(100)
    return Fleet(
        lambda: next(numbers), cycle=cycle or LifeCycle(60, 7200), now=now, random=Random(1)
    )


def test_a_sandbox_serves_one_request_at_a_time() -> None:
    """Three requests at once take three sandboxes, each started cold."""
    there = fleet(Now())
    slots = [there.take() for _ in range(3)]
    assert [(slot.box, slot.is_cold) for slot in slots] == [(100, True), (101, True), (102, True)]
    assert (len(there), there.busy, there.most, there.cold_starts) == (3, 3, 3, 3)


def test_what_is_idle_is_used_again() -> None:
    """A request after another one finds its sandbox warm."""
    there = fleet(Now())
    there.give_back(there.take())
    again = there.take()
    assert (again.box, again.is_cold, there.cold_starts) == (100, False, 1)


def test_the_idle_die() -> None:
    """A sandbox serves after 59.9 s without a request, and is gone after 60."""
    now = Now()
    there = fleet(now)
    there.give_back(there.take())
    now.seconds = 59.9
    slot = there.take()
    assert slot.box == 100
    there.give_back(slot)
    now.seconds = 59.9 + 60
    there.end_idle()
    assert len(there) == 0
    assert there.take().box == 101


def test_one_that_should_have_died_is_not_used() -> None:
    """Also when nobody has looked meanwhile."""
    now = Now()
    there = fleet(now)
    there.give_back(there.take())
    now.seconds = 60
    assert (there.take().box, len(there)) == (101, 1)


def test_nobody_lives_for_ever() -> None:
    """A sandbox that is busy all the time is replaced after its longest life."""
    now = Now()
    there = fleet(now, LifeCycle(60, 100))
    for second in range(100):
        now.seconds = second
        slot = there.take()
        assert slot.box == 100
        there.give_back(slot)
    now.seconds = 100
    replaced = there.take()
    assert (replaced.box, replaced.is_cold, len(there)) == (101, True, 1)


def test_requests_spread_over_the_idle() -> None:
    """Each of ten idle sandboxes gets a tenth of the requests."""
    there = fleet(Now())
    there.warm(list(range(10)))
    served = Counter[int]()
    for _ in range(5000):
        slot = there.take()
        served[slot.box] += 1
        there.give_back(slot)
    assert set(served) == set(range(10))
    assert min(served.values()) > 400
    assert max(served.values()) < 600


def test_the_warm_end_one_by_one() -> None:
    """Sandboxes from before are of all ages: in half of the longest life half of them end."""
    now = Now()
    there = fleet(now, LifeCycle(float("inf"), 1000))
    there.warm(list(range(100)))
    now.seconds = 500
    slots = [there.take() for _ in range(100)]
    assert 30 < sum(slot.is_cold for slot in slots) < 70


def test_a_fleet_shrinks_to_as_many_as_are_left() -> None:
    """Of the idle; whoever is busy stays."""
    there = fleet(Now())
    there.warm(list(range(10)))
    there.take()
    there.shrink(4)
    assert (len(there), there.busy) == (5, 1)
    there.shrink(20)
    assert len(there) == 5
