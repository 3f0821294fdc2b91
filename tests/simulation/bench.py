"""A small world to put one thing to the test in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simpy import Environment

from simulation.api import Answered
from simulation.build import Assumptions, World
from simulation.load import Limits, Load, Settings
from simulation.sessions import Session
from simulation.suspension import Suspension, call_after


@contextmanager
def world(
    settings: Settings,
    load: Load | None = None,
    *,
    limits: Limits | None = None,
    seed: int = 1,
) -> Iterator[World]:
    """One without any load of its own, in which nothing is remembered."""
    env = Environment()
    with Suspension(env) as suspension:
        yield World(
            load or Load(1, 1, 1),
            limits or Limits(),
            settings,
            suspension,
            env=env,
            sampled_one_in=1,
            seed=seed,
            begins_cold=True,
            assumptions=Assumptions(),
        )


def call_each(
    there: World, session: Session, *, seconds: float, times: int, done: list[Answered]
) -> None:
    """Let a session call again and again, and everything that follows happen."""
    for number in range(times):
        call_after(
            there.env,
            number * seconds,
            lambda: there.api.call(session, session.token, done.append),
        )
    there.env.run()
