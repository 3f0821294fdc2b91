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
from simulation.outcome import PUSHED, Delay, DelayUnderLoad, Outcome
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
            effort = replace(one.effort, requests=300, watched=1, watched_under_load=1)
            outcomes.append(simulate(one.name, one.load, one.limits, one.settings, effort=effort))
    return outcomes


def _figures(outcomes: Sequence[Outcome]) -> list[Figure]:
    target = next(one for one in outcomes if one.name == _TARGET)
    million = next(one for one in outcomes if one.name == _MILLION)
    delays = [delay for one in outcomes for delay in one.delays]
    pushed = [delay for delay in target.delays if delay.way in PUSHED]
    at_cognito = [delay for delay in target.delays if delay.way not in PUSHED]
    loaded = [delay for one in outcomes for delay in one.delays_under_load]
    at_target = target.delays_under_load
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
        (
            "pushed_under_load",
            "Last 200 after a pushed revocation, under load",
            "s",
            *_longest([delay for delay in at_target if delay.way in PUSHED]),
        ),
        ("late_under_load", "Let in later than declared, under load", "", *_late(loaded)),
        (
            "late_by_outage_rule",
            "Let in later by the ledger's outage rule, as it throttled, under load",
            "",
            sum(delay.late_by_outage_rule for delay in loaded),
            sum(delay.revocations for delay in loaded),
        ),
        (
            "unavailable_under_load",
            "503 to those revoked under load at the target",
            "%",
            *_unavailable(at_target),
        ),
        (
            "watched_share",
            "Their requests, of the load's at the target",
            "%",
            100 * target.watched_share,
            sum(delay.requests for delay in at_target),
        ),
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


def _unavailable(delays: Sequence[DelayUnderLoad]) -> tuple[float, int]:
    requests = sum(one.requests for one in delays)
    return 100 * sum(one.unavailable for one in delays) / requests, requests


def _late(delays: Sequence[Delay]) -> tuple[float, int]:
    return sum(one.late for one in delays), sum(one.revocations for one in delays)
