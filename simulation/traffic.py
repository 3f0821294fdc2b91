"""Pages that are loaded, at random moments, each firing its calls at once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from random import Random

from simpy.events import Event

from simulation.api import Answered, Api
from simulation.sessions import Population, Session
from simulation.suspension import call_after
from simulation.world import Time


class Pages:
    """The load: page after page."""

    def __init__(self, population: Population, api: Api, time: Time, random: Random) -> None:
        self._population = population
        self._api = api
        self._time = time
        self._random = random

    def load(
        self, *, until: float, done: Callable[[Answered], None]
    ) -> Generator[Event, None, None]:
        """Load pages until then, as a Poisson process over all sessions of the sample."""
        rate = self._population.pages_per_second
        while True:
            yield self._time.env.timeout(self._random.expovariate(rate))
            if self._time.now() >= until:
                return
            self.load_one(self._population.who_loads_a_page(), done)

    def load_one(self, session: Session, done: Callable[[Answered], None]) -> None:
        """One page: all calls within the burst's time, with the token that the client has now."""
        load, token = self._population.load, self._population.refreshed(session)
        for _ in range(load.calls_per_page):
            call_after(
                self._time.env,
                self._random.random() * load.burst_seconds,
                lambda: self._api.call(session, token, done),
            )
