"""Synchronous code that waits on the simulation's clock."""

from __future__ import annotations

import threading

import pytest
from simpy import Environment

from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load
from simulation.run import simulate
from simulation.suspension import Suspension, call_after


def test_work_goes_on_when_its_wait_is_over() -> None:
    """Two pieces of work that wait alternate on the simulation's clock."""
    env, said = Environment(), list[tuple[str, float]]()
    with Suspension(env) as suspension:

        def work(name: str, seconds: float) -> None:
            for _ in range(2):
                suspension.wait(seconds)
                said.append((name, env.now))

        suspension.run(lambda: work("slow", 3.0), lambda: said.append(("slow done", env.now)))
        suspension.run(lambda: work("quick", 2.0), lambda: said.append(("quick done", env.now)))
        env.run()
    assert said == [
        ("quick", 2.0),
        ("slow", 3.0),
        ("quick", 4.0),
        ("quick done", 4.0),
        ("slow", 6.0),
        ("slow done", 6.0),
    ]


def test_work_that_waits_for_nothing_takes_no_thread() -> None:
    """It is done at once, on the thread of the simulation."""
    said = list[str]()
    with Suspension(Environment()) as suspension:
        suspension.run(lambda: said.append(threading.current_thread().name), lambda: None)
        assert suspension.handovers == 0
    assert said == [threading.current_thread().name]


def test_what_is_tried_leaves_nothing_behind() -> None:
    """Whatever stands after the announcement of a wait happens once."""
    env, done = Environment(), list[int]()
    with Suspension(env) as suspension:

        def work() -> None:
            suspension.begin_wait()
            done.append(1)
            suspension.wait(1.0)

        suspension.run(work, lambda: done.append(2))
        env.run()
    assert done == [1, 2]


def test_errors_come_out_of_the_simulation() -> None:
    """An error within work after a wait stops the run, as one without a wait would."""
    env = Environment()
    with Suspension(env) as suspension:

        def work() -> None:
            suspension.wait(1.0)
            raise LookupError("lost")

        suspension.run(work, lambda: None)
        with pytest.raises(LookupError, match="lost"):
            env.run()


def test_no_thread_outlives_the_simulation() -> None:
    """Work that is still waiting at the end is abandoned, and what it holds is let go."""
    env, before, said = Environment(), threading.active_count(), list[str]()
    with Suspension(env) as suspension:

        def work() -> None:
            try:
                suspension.wait(100.0)
                said.append("went on")
            finally:
                said.append("let go")

        suspension.run(work, lambda: said.append("done"))
        said.clear()
        env.run(until=1.0)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    assert said == ["let go"]


def test_later_is_later() -> None:
    """A call is made at its moment, and not before."""
    env, said = Environment(), list[float]()
    call_after(env, 2.5, lambda: said.append(env.now))
    env.run(until=2.4)
    assert said == []
    env.run()
    assert said == [2.5]


@pytest.mark.parametrize("level", ["sandbox memory", "ledger"])
def test_trying_first_changes_nothing(level: str) -> None:
    """Every outcome is the same whether decisions are tried on the simulation's thread or not."""
    load = Load(40, 60, 5, calls_per_page=5)
    outcomes = [
        simulate(
            level,
            load,
            Limits(),
            LEVELS[level],
            effort=Effort(requests=800, least_seconds=20, watched=2, tries_first=tries_first),
        )
        for tries_first in (True, False)
    ]
    assert outcomes[0] == outcomes[1]
