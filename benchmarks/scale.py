"""A simulated fleet under load: what it asks of Cognito, and how late a revocation bites.

The simulation is deterministic: these figures do not depend on the machine, and have no spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.figures import Figure, figure
from benchmarks.run import Run
from benchmarks.series import Series
from simulation.charts import draw
from simulation.outcome import PUSHED, Delay, Outcome
from simulation.run import simulate
from simulation.scenarios import questions, run_all

_TARGET, _MILLION = "target", "million, longest, quota 250"


def measure(run: Run) -> list[Figure]:
    """The target, a million sessions, and what must hold in every simulation."""
    if run.is_quick:
        return _figures(_shortened(run))

    def on_scenario(_done: int, _of: int, _name: str) -> None:
        run.on_round()

    outcomes = run_all(on_scenario)
    draw(outcomes, run.charts)
    return _figures(outcomes)


def _shortened(run: Run) -> list[Outcome]:
    outcomes = []
    for one in questions():
        if one.name in {_TARGET, _MILLION}:
            run.on_round()
            effort = replace(one.effort, requests=300, watched=1)
            outcomes.append(simulate(one.name, one.load, one.limits, one.settings, effort=effort))
    return outcomes


def _figures(outcomes: Sequence[Outcome]) -> list[Figure]:
    target = next(one for one in outcomes if one.name == _TARGET)
    million = next(one for one in outcomes if one.name == _MILLION)
    delays = [delay for one in outcomes for delay in one.delays]
    pushed = [delay for delay in target.delays if delay.way in PUSHED]
    at_cognito = [delay for delay in target.delays if delay.way not in PUSHED]
    wrongly_refused = max(one.answers.wrongly_refused for one in outcomes)
    requests = sum(one.simulated_requests for one in outcomes)
    seen, of_million = target.simulated_requests, million.simulated_requests
    rows: list[tuple[str, str, str, float, int]] = [
        ("getuser", "GetUser at the target", "/s", target.rates.getuser_asked, seen),
        ("sign_outs", "Sign-outs at the target", "/s", target.rates.sign_outs_asked, seen),
        ("mistaken", "Refused by mistake at the target", "%", _mistaken(target), seen),
        ("pushed", "Last 200 after a pushed revocation, fleet idle", "s", *_longest(pushed)),
        (
            "at_cognito",
            "Last 200 after one at Cognito, fleet idle",
            "s",
            *_longest(at_cognito),
        ),
        ("late", "Let in later than declared, everywhere, fleet idle", "", *_late(delays)),
        ("wrong", "401 for a living session, everywhere", "%", 100 * wrongly_refused, requests),
        ("cost", "A million requests at the target", "USD", target.cost_per_million_usd, seen),
        (
            "million",
            "GetUser, a million sessions, quota of 250",
            "/s",
            million.rates.getuser_asked,
            of_million,
        ),
    ]
    return [
        figure(f"scale.{name}", title, unit, Series((value,), samples))
        for name, title, unit, value, samples in rows
    ]


def _mistaken(outcome: Outcome) -> float:
    return 100 * outcome.answers.mistaken


def _longest(delays: Sequence[Delay]) -> tuple[float, int]:
    return max(one.max_seconds for one in delays), sum(one.revocations for one in delays)


def _late(delays: Sequence[Delay]) -> tuple[float, int]:
    return sum(one.late for one in delays), sum(one.revocations for one in delays)
