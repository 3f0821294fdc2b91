"""The table of decision 11: its rows, and that it agrees with the figures that are measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.figures import read_report
from benchmarks.table import number_text
from simulation.effort import Effort
from simulation.findings import ROWS, row
from simulation.load import LEVELS, Limits, Load, Settings
from simulation.run import simulate
from simulation.scenarios import grid, questions

_DECISION = Path(__file__).parents[2] / "docs" / "decisions" / "0011-what-a-fleet-asks.md"


def _cells(line: str) -> list[str]:
    return [cell.strip(" *") for cell in line.strip("|").split("|")]


def _table() -> dict[str, list[str]]:
    """The decision's rows in their order, by the simulation that each is of."""
    lines = [line for line in _DECISION.read_text().splitlines() if line.startswith("|")]
    return dict(zip(ROWS, (_cells(line) for line in lines[2:]), strict=True))


def test_every_row_is_of_a_simulation_that_is_published() -> None:
    """The command finds each by its name, and the decision has each with its settings."""
    assert set(ROWS) <= {scenario.name for scenario in grid() + questions()}
    assert [cells[1] for cells in _table().values()] == list(ROWS.values())


def test_the_table_has_the_figures_of_the_last_run() -> None:
    """What the benchmark measures of the target, and of a million, is what the decision says."""
    report, table = read_report(), _table()
    target = table["target"]
    assert target[2] == number_text(round(report.find("scale.getuser").value))
    assert target[3] == number_text(round(report.find("scale.mistaken").value))
    assert target[6] == f"{report.find('scale.cost').value:.2f}"
    million = table["million, longest, quota 250"]
    assert million[2] == number_text(round(report.find("scale.million").value))


@pytest.mark.parametrize(
    ("name", "settings"),
    [("target", LEVELS["long"]), ("none, 10000/s, 100000 sessions", LEVELS["none"])],
)
def test_a_row_has_its_settings_delays_and_price(name: str, settings: Settings) -> None:
    """As many cells as the table has; nothing is pushed where there is no ledger."""
    effort = Effort(requests=60, least_seconds=5, watched=1)
    outcome = simulate(name, Load(15, 20, 2), Limits(), settings, effort=effort)
    cells = _cells(row(outcome))
    assert len(cells) == 7
    assert cells[:2] == ["20", ROWS[name]]
    assert (cells[4] == "\N{EN DASH}") is not settings.ledger
    assert cells[6] == f"{outcome.cost_per_million_usd:.2f}"
