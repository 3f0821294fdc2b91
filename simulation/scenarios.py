"""The simulations that are published: a grid of loads and caching levels, and the questions that
were asked of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load, SessionMode, Settings
from simulation.outcome import Outcome
from simulation.run import simulate

#: Sandboxes that requests spread over, by requests a second.
SANDBOXES = {10: 20, 1_000: 200, 10_000: 1_000}
SESSIONS = (1_000, 100_000, 1_000_000)
GRID_LEVELS = ("none", "sandbox memory", "ledger", "busy", "gateway")
TARGET = Load(10_000, 100_000, 1_000)
MILLION = Load(10_000, 1_000_000, 1_000)

_GRID = Effort(requests=4_000, watched=4)
#: At the target's load, and where a question was asked, some are revoked under load as well.
_LOADED = replace(_GRID, watched_under_load=6)
#: So many are watched that their 99th percentile is not the longest.
_CLOSER = Effort(requests=40_000, watched=120, watched_under_load=100)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One simulation to run. Names are unique, and stable: charts and tables go by them."""

    name: str
    load: Load
    settings: Settings
    effort: Effort = _GRID
    limits: Limits = Limits()  # noqa: RUF009  # frozen


def grid() -> list[Scenario]:
    """Every load under every caching level."""
    loads = [
        Load(rate, sessions, boxes) for rate, boxes in SANDBOXES.items() for sessions in SESSIONS
    ]
    return [
        Scenario(
            f"{level}, {load.requests_per_second}/s, {load.active_sessions} sessions",
            load,
            LEVELS[level],
            _LOADED if load == TARGET else _GRID,
        )
        for load in loads
        for level in GRID_LEVELS
    ]


def questions() -> list[Scenario]:
    """The target, and what to set for a million sessions; what goes wrong, and how."""
    rostered = replace(LEVELS["longest"], session_mode=SessionMode.LEDGER)
    return [
        Scenario("target", TARGET, LEVELS["long"], _CLOSER),
        Scenario("target, longest", TARGET, LEVELS["longest"]),
        Scenario("million, longest", MILLION, LEVELS["longest"], _LOADED),
        Scenario(
            "million, longest, quota 250",
            MILLION,
            rostered,
            _LOADED,
            limits=Limits(getuser_per_second=250),
        ),
        Scenario(
            "million, busy, quota 2500",
            MILLION,
            replace(LEVELS["busy"], session_mode=SessionMode.LEDGER),
            _LOADED,
            limits=Limits(getuser_per_second=2_500),
        ),
        Scenario("target, cold", TARGET, LEVELS["long"], replace(_LOADED, begins_cold=True)),
        Scenario(
            "target, new table",
            TARGET,
            LEVELS["long"],
            # So many that some meet a sandbox whose ledger does not answer when they are late.
            replace(_LOADED, watched_under_load=12),
            Limits(partitions=4),
        ),
    ]


def run_all(
    progress: Callable[[int, int, str], None] = lambda _done, _of, _name: None, *, seed: int = 1
) -> list[Outcome]:
    """Run them all, in order. ``progress`` is called before each one, and once at the end."""
    scenarios, outcomes = grid() + questions(), list[Outcome]()
    for scenario in scenarios:
        progress(len(outcomes), len(scenarios), scenario.name)
        outcomes.append(
            simulate(
                scenario.name,
                scenario.load,
                scenario.limits,
                scenario.settings,
                seed=seed,
                effort=scenario.effort,
            )
        )
    progress(len(outcomes), len(scenarios), "")
    return outcomes
