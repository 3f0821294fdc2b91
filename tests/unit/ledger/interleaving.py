"""Runs several actors in turns: each goes on by one step when the schedule names it.

Actors are threads, but only ever one of them runs, so that a schedule gives the same history
each time. A step is what an actor does between two calls to the outside.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


class _Actor:
    def __init__(self, work: Callable[[], object], turns: threading.local) -> None:
        self._work = work
        self._turns = turns
        self._go = threading.Semaphore(0)
        self._yielded = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._failure: BaseException | None = None
        self.is_done = False

    def _run(self) -> None:
        self._turns.actor = self
        self._go.acquire()
        try:
            self._work()
        except BaseException as error:
            self._failure = error
        self.is_done = True
        self._yielded.release()

    def rest(self) -> None:
        self._yielded.release()
        self._go.acquire()

    def go_on(self) -> None:
        if not self._thread.is_alive():
            self._thread.start()
        self._go.release()
        assert self._yielded.acquire(timeout=10), "an actor is stuck"
        if self.is_done:
            self._thread.join()
        if self._failure is not None:
            raise self._failure


@dataclass
class Interleaver:
    """Call :meth:`step` wherever another actor may come in between."""

    turns: threading.local = field(default_factory=threading.local)

    def step(self, *_: object) -> None:
        """Let others go on. Outside of actors it does nothing."""
        actor = getattr(self.turns, "actor", None)
        if actor is not None:
            actor.rest()

    def run(self, works: Sequence[Callable[[], object]], schedule: Sequence[int]) -> None:
        """Let ``works`` go on in the order that ``schedule`` says, and then in turns to the end.

        Each number picks one of those that are not done.
        """
        actors = [_Actor(work, self.turns) for work in works]
        left = list(actors)
        at = 0
        while left:
            pick = schedule[at] if at < len(schedule) else at
            at += 1
            actor = left[pick % len(left)]
            actor.go_on()
            left = [other for other in left if not other.is_done]
