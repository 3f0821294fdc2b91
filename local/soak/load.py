"""Workers that let people act, each over its own HTTP connection, at a steady pace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import requests

from local.clock import WallClock
from local.soak.person import Person
from local.soak.plan import Plan
from local.soak.surroundings import Surroundings
from local.soak.tally import Surprise, Tally
from local.soak.weather import Weather
from local.stack import LocalStack


class Load:
    """The same people, whenever it runs."""

    def __init__(
        self, stack: LocalStack, plan: Plan, weather: Weather, tally: Tally, *, clock: WallClock
    ) -> None:
        self._plan = plan
        self._tally = tally
        self._clock = clock
        self._stop = threading.Event()
        self._webs: list[requests.Session] = []
        self._crews = [
            self._crew(stack, weather, number, Random(f"{plan.seed}/{number}"))  # noqa: S311  # nobody has to guess
            for number in range(plan.workers)
        ]

    @contextmanager
    def running(self) -> Iterator[None]:
        """People act for the length of a ``with``; all have been answered when it ends."""
        self._stop.clear()
        workers = [
            threading.Thread(target=self._work, args=crew, name=f"soak-{number}")
            for number, crew in enumerate(self._crews)
        ]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self._stop.set()
            for worker in workers:
                worker.join()

    def close(self) -> None:
        """Close the connections."""
        for web in self._webs:
            web.close()

    def _crew(
        self, stack: LocalStack, weather: Weather, number: int, random: Random
    ) -> tuple[Callable[[], Person], Random]:
        web = requests.Session()
        web.trust_env = False
        self._webs.append(web)
        around = Surroundings(
            stack=stack,
            web=web,
            weather=weather,
            tally=self._tally,
            plan=self._plan,
            random=random,
            clock=self._clock,
        )
        people = []
        for index in range(self._plan.people_per_worker):
            name = f"user-{number}-{index}"
            stack.create_user(name)
            people.append(Person(name, around))
        return lambda: random.choice(people), random

    def _work(self, somebody: Callable[[], Person], random: Random) -> None:
        mean_seconds = self._plan.workers / self._plan.requests_per_second
        while not self._stop.is_set():
            began = self._clock()
            try:
                somebody().act()
            except Exception as error:  # whatever it is, it is a finding, and the load goes on
                self._tally.surprise(
                    Surprise(began, "the load itself", repr(error), "no error", "")
                )
            spent = self._clock() - began
            self._stop.wait(max(0.0, mean_seconds * random.uniform(0.5, 1.5) - spent))
