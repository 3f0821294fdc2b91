"""The tables of decision 11: their rows, and that they agree with the figures that are measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.figures import read_report
from benchmarks.table import number_text
from simulation.effort import Effort
from simulation.findings import ROWS, ROWS_UNDER_LOAD, row, row_under_load
from simulation.load import LEVELS, Limits, Load, Settings
from simulation.run import simulate
from simulation.scenarios import grid, questions

_DECISION = Path(__file__).parents[2] / "docs" / "decisions" / "0011-what-a-fleet-asks.md"


def _cells(line: str) -> list[str]:
    return [cell.strip(" *") for cell in line.strip("|").split("|")]


def _tables() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The decision's rows in their order, by the simulation that each is of."""
    parts = _DECISION.read_text().split("\n\n")
    first, second = (part.splitlines()[2:] for part in parts if part.startswith("|"))
    return (
        dict(zip(ROWS, map(_cells, first), strict=True)),
        dict(zip(ROWS_UNDER_LOAD, map(_cells, second), strict=True)),
    )


def test_every_row_is_of_a_simulation_that_is_published() -> None:
    """The command finds each by its name, and the decision has each with its settings."""
    published = {scenario.name: scenario for scenario in grid() + questions()}
    assert ROWS_UNDER_LOAD.keys() <= published.keys()
    assert all(published[name].effort.watched_under_load for name in ROWS_UNDER_LOAD)
    for table, rows in zip(_tables(), (ROWS, ROWS_UNDER_LOAD), strict=True):
        assert [cells[1] for cells in table.values()] == list(rows.values())


def test_the_table_has_the_figures_of_the_last_run() -> None:
    """What the benchmark measures of the target, and of a million, is what the decision says."""
    report, (table, _) = read_report(), _tables()
    target = table["target"]
    assert target[2] == number_text(round(report.find("scale.getuser").value))
    assert target[3] == number_text(round(report.find("scale.mistaken").value))
    assert target[6] == f"{report.find('scale.cost').value:.2f}"
    million = table["million, longest, quota 250"]
    assert million[2] == number_text(round(report.find("scale.million").value))


def test_the_second_table_has_them_as_well() -> None:
    """What was found under load at the target, and how many were late anywhere."""
    report, (_, table) = read_report(), _tables()
    target, pushed = table["target"], report.find("scale.pushed_under_load")
    assert target[2] == str(pushed.samples)
    assert target[3].split(", ")[1] == f"{pushed.value:.1f}"
    assert target[7] == number_text(report.find("scale.unavailable_under_load").value)
    assert (
        sum(int(cells[6]) for cells in table.values()) == report.find("scale.late_under_load").value
    )
    late = [int(cells[8].split(", ")[-1]) for cells in table.values()]
    assert sum(late) == report.find("scale.late_by_outage_rule").value


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


@pytest.mark.parametrize(
    ("name", "level"),
    [("target", "long"), ("busy, 10000/s, 100000 sessions", "busy")],
)
def test_a_row_under_load_has_its_delays(name: str, level: str) -> None:
    """As many cells as the table has; what takes too long to be watched is left out."""
    effort = Effort(requests=60, least_seconds=5, watched=0, watched_under_load=1)
    load = Load(3_000, 20, 2)
    outcome = simulate(name, load, Limits(), LEVELS[level], effort=effort)
    cells = _cells(row_under_load(outcome))
    assert len(cells) == 9
    assert cells[:3] == ["20", ROWS[name], str(len(outcome.delays_under_load))]
    assert cells[3].endswith("5 s")
    assert cells[4] == "\N{EN DASH}"
    assert (cells[5] == "\N{EN DASH}") is (level == "long")
