"""The sandbox's rows: its clocks, its sleep, and what else it is handed.

Each happens to a sandbox that was well a moment ago (``leaves`` says in which state it is then).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from authorizer.errors import Reason
from tests.faults.far_side import Parting
from tests.faults.fault import Component, Fault, Stage, State
from tests.faults.world import World

_HOUR = 3600.0
_DAY = 24 * _HOUR


def _wall(seconds: float) -> Callable[[World], None]:
    def move(world: World) -> None:
        world.wall_seconds += seconds

    return move


def _monotonic(seconds: float) -> Callable[[World], None]:
    def move(world: World) -> None:
        world.monotonic_seconds += seconds

    return move


def _part(how: Parting, *of: Component) -> Callable[[World], None]:
    def part(world: World) -> None:
        for component, side in world.far.sides.items():
            if not of or component in of:
                side.part(how)

    return part


def _thaw(how: Parting, *, wall: float, monotonic: float) -> Callable[[World], None]:
    def thaw(world: World) -> None:
        _part(how)(world)
        _wall(wall)(world)
        _monotonic(monotonic)(world)

    return thaw


def _clock(name: str, seconds: float, answer: Reason | None, leaves: State) -> Fault:
    """A wall clock that is wrong for a while."""
    return Fault(
        Component.SANDBOX,
        f"its clock is {name}",
        answer,
        happens=_wall(seconds),
        mends=_wall(-seconds),
        stage=Stage.CLAIMS,
        leaves=leaves,
        is_outage=False,
    )


def _frozen(name: str, happens: Callable[[World], None], leaves: State = State.AGED) -> Fault:
    """Frozen for an hour, and thawed."""
    return Fault(
        Component.SANDBOX,
        f"thawed after an hour, {name}",
        None,
        happens=happens,
        leaves=leaves,
        stage=Stage.CONNECTION,
    )


def sandbox_faults() -> Iterator[Fault]:
    """All of them."""
    expired, early = Reason.TOKEN_EXPIRED, Reason.TOKEN_NOT_YET_VALID
    # Verdicts from the future are used within the clocks' tolerance, so Cognito is not asked.
    within_leeway = _clock("as slow as the leeway allows", -20, None, State.AGED)
    yield replace(within_leeway, in_pairs=False)
    yield _clock("a minute slow", -60 - 16, early, State.AGED)
    yield _clock("an hour slow", -_HOUR, early, State.AGED)
    yield _clock("ten days slow", -10 * _DAY, early, State.AGED)
    yield _clock("two hours fast", 2 * _HOUR, None, State.AGED)
    yield _clock("a day fast", _DAY, expired, State.SPENT)
    yield _clock("ten years fast", 3650 * _DAY, expired, State.SPENT)
    yield Fault(
        Component.SANDBOX,
        "its monotonic clock jumps by a day",
        None,
        happens=_monotonic(_DAY),
    )
    for how in (Parting.CLOSED, Parting.RESET, Parting.HALF_CLOSED):
        for which, monotonic in (("both clocks", _HOUR), ("the wall clock alone", 0.0)):
            name = f"connections {how} meanwhile, {which} moved"
            yield _frozen(name, _thaw(how, wall=_HOUR, monotonic=monotonic))
        yield Fault(
            Component.SANDBOX,
            f"finds its connections {how} after a moment",
            None,
            happens=_part(how),
            stage=Stage.CONNECTION,
        )
    forgotten = _thaw(Parting.FORGOTTEN, wall=_HOUR, monotonic=_HOUR)
    yield _frozen("connections forgotten meanwhile, both clocks moved", forgotten)
    yield Fault(
        Component.SANDBOX,
        "finds its connection to Cognito forgotten after a moment",
        Reason.ISSUER_UNREACHABLE,
        happens=_part(Parting.FORGOTTEN, Component.COGNITO),
        stage=Stage.CONNECTION,
        is_slow=True,
    )
    yield Fault(
        Component.SANDBOX,
        "is handed something else",
        Reason.EVENT_MALFORMED,
        stage=Stage.EVENT,
        is_malformed=True,
    )
