"""Plays schedules; one that fails is made as short as it gets, and printed with its story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.delay.drawn import Drawn
from tests.delay.generator import generate
from tests.delay.oracle import WrongAnswer
from tests.delay.steps import Player, Step
from tests.delay.tally import Tally
from tests.delay.world import World


class ScheduleFailed(AssertionError):  # noqa: N818  # it is a finding
    """A schedule on which a request was answered wrongly, with all that it takes to replay it."""


def play(drawn: Drawn, steps: Iterable[Step], tally: Tally) -> World:
    """Play one schedule.

    Raises:
        ScheduleFailed: with settings, steps and answers so far.
    """
    world = World(drawn, Tally())
    player = Player(world)
    try:
        for step in steps:
            player.play(step)
    except WrongAnswer as wrong:
        raise ScheduleFailed(_story(world, str(wrong))) from wrong
    finally:
        world.tally.schedules = 1
        world.tally.used.update(world.oracle.used)
        world.tally.ways.update(one.way for one in world.history.revocations)
        tally.add(world.tally)
    return world


def play_seed(seed: int, tally: Tally) -> World:
    """Play the schedule of a seed.

    Raises:
        ScheduleFailed: with the shortest schedule that still fails, and how to replay it.
    """
    drawn, steps = generate(seed)
    try:
        return play(drawn, steps, tally)
    except ScheduleFailed as failed:
        short, story = shrink(drawn, steps, failed)
        raise ScheduleFailed(
            f"seed {seed}, {len(steps)} steps, {len(short)} of them needed\n{story}\n"
            f"replay: python -m tests.delay.replay {seed}"
        ) from None


def shrink(
    drawn: Drawn, steps: Sequence[Step], failed: ScheduleFailed
) -> tuple[list[Step], ScheduleFailed]:
    """Leave out whatever the failure does not need: halves first, then single steps."""
    kept = list(steps)
    size = len(kept) // 2
    while size:
        at = 0
        while at < len(kept):
            tried = kept[:at] + kept[at + size :]
            try:
                play(drawn, tried, Tally())
            except ScheduleFailed as again:
                kept, failed = tried, again
            else:
                at += size
        size //= 2
    return kept, failed


def _story(world: World, wrong: str) -> str:
    return "\n".join([f"{world.drawn}", *world.trace, f"WRONG: {wrong}"])
