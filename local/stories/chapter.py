"""What these stories are made of: chapters in a world, and steps with what must come of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from local.bench import Outcome
from local.story.telling import Step
from local.web.deployment import WorldSettings
from local.web.world import World

#: A world with the product deployed like that, for as long as the story goes on.
GetWorld = Callable[[WorldSettings], World]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a story."""

    world: World
    title: str

    def step(self, what: str, actual: Outcome, reason: str, *, status: int = 200) -> Step:
        """A step, and what must come of it."""
        return Step(self.title, what, Outcome(status, reason), actual)

    def call(self, what: str, access_token: str, status: int, reason: str) -> Step:
        """A call of the API, and what must come of it."""
        return self.step(what, self.world.call(access_token), reason, status=status)

    def let_in(self, what: str, access_token: str) -> Step:
        """A call of the API that must pass, be it by an answer that the gateway remembers."""
        status = self.world.call(access_token).status
        return self.step(what, Outcome(status, "let in"), "let in")

    def refresh(self, what: str, refresh_token: str, status: int, reason: str) -> Step:
        """A refresh at the provider, and what must come of it."""
        return self.step(what, self.world.refresh(refresh_token), reason, status=status)

    def refused_within(self, what: str, access_token: str, seconds: float, reason: str) -> Step:
        """Calls from now on, of which none may be granted that begins after so many seconds.

        The calls follow each other without a pause: time is real here, and nothing else tells.
        """
        ends = time.monotonic() + seconds
        while True:
            began = time.monotonic()
            actual = self.world.call(access_token)
            if actual.status != 200 or began >= ends:
                return self.step(what, actual, reason, status=401)
