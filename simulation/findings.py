"""``python -m simulation.findings``: the two tables of decision 11, simulated anew.

Some of the published simulations, as rows of Markdown: eight of rates, costs and delays after the
load, then ten of delays while it runs. They are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

from simulation.outcome import PUSHED, Delay, Outcome
from simulation.run import simulate
from simulation.scenarios import Scenario, grid, questions

#: In the table's order: the simulation, and how its times to live are named.
ROWS = {
    "none, 10000/s, 100000 sessions": "none at all",
    "sandbox memory, 10000/s, 100000 sessions": "15 s, each sandbox for itself",
    "ledger, 10000/s, 100000 sessions": "15 s / 5 s (default)",
    "busy, 10000/s, 100000 sessions": "55 s / 5 s (busy)",
    "target": "900 s / 5 s",
    "million, longest": "3600 s / 5 s",
    "million, longest, quota 250": "3600 s / 5 s, quota 250 bought",
    "million, busy, quota 2500": "55 s / 5 s, quota 2,500 bought",
}
#: The second table's: with those that go wrong.
ROWS_UNDER_LOAD = ROWS | {
    "target, cold": "900 s / 5 s, a ledger that is empty yet",
    "target, new table": "900 s / 5 s, a new table",
}
_NONE = "\N{EN DASH}"


def row(outcome: Outcome) -> str:
    """One line of the first table; the target's is bold."""
    cells = [
        f"{outcome.load.active_sessions:,}",
        ROWS[outcome.name],
        f"{outcome.rates.getuser_asked:,.0f}",
        _percent(outcome.answers.mistaken),
        _pushed([delay for delay in outcome.delays if is_pushed(outcome, delay)]),
        _at_cognito([delay for delay in outcome.delays if not is_pushed(outcome, delay)]),
        f"{outcome.cost_per_million_usd:.2f}",
    ]
    return _line(outcome, cells)


def row_under_load(outcome: Outcome) -> str:
    """One line of the second."""
    delays = outcome.delays_under_load
    pushed = [delay for delay in delays if is_pushed(outcome, delay)]
    at_cognito = [delay for delay in delays if not is_pushed(outcome, delay)]
    p99 = max((delay.p99_seconds or 0.0 for delay in pushed), default=0.0)
    requests = sum(delay.requests for delay in delays)
    let_in = sum(delay.by_outage_rule for delay in delays)
    let_in_late = sum(delay.late_by_outage_rule for delay in delays)
    cells = [
        f"{outcome.load.active_sessions:,}",
        ROWS_UNDER_LOAD[outcome.name],
        f"{sum(delay.revocations for delay in delays)}",
        _pushed(pushed),
        f"{p99:.1f} s" if p99 else _NONE,
        _at_cognito(at_cognito) if at_cognito else _NONE,
        f"{sum(delay.late for delay in delays)}",
        _percent(sum(delay.unavailable for delay in delays) / requests),
        f"{let_in}, {let_in_late}" if let_in else "0",
    ]
    return _line(outcome, cells)


def is_pushed(outcome: Outcome, delay: Delay) -> bool:
    """Whether who revoked has told the ledger at once."""
    return outcome.settings.ledger and delay.way in PUSHED


def _line(outcome: Outcome, cells: Sequence[str]) -> str:
    if outcome.name == "target":
        cells = [f"**{cell}**" for cell in cells]
    return f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "0"


def _pushed(delays: Sequence[Delay]) -> str:
    if not delays:
        return _NONE
    p50 = max(delay.p50_seconds for delay in delays)
    return f"{p50:.1f}, {_longest(delays):.1f}, {delays[0].declared_seconds} s"


def _at_cognito(delays: Sequence[Delay]) -> str:
    seconds, declared = _longest(delays), delays[0].declared_seconds
    digits = 2 if seconds < 1 else 1 if seconds < 100 else 0
    return f"{seconds:,.{digits}f} s, {declared:,} s"


def _longest(delays: Sequence[Delay]) -> float:
    return max(delay.max_seconds for delay in delays)


def _simulate(one: Scenario) -> Outcome:
    return simulate(one.name, one.load, one.limits, one.settings, effort=one.effort)


def main() -> None:
    """Simulate and print."""
    found = {one.name: one for one in grid() + questions()}
    outcomes = {name: _simulate(found[name]) for name in ROWS_UNDER_LOAD}
    after_load = [row(outcomes[name]) for name in ROWS]
    under_load = [row_under_load(outcome) for outcome in outcomes.values()]
    print(*after_load, "", *under_load, sep="\n")  # noqa: T201  # that is what it is for


if __name__ == "__main__":
    main()
