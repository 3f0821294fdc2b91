"""What is published: the list of simulations, and the charts."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulation import scenarios
from simulation.charts import draw
from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load
from simulation.outcome import Outcome
from simulation.run import simulate


def test_the_grid_has_every_load_under_every_level() -> None:
    """Three rates, three numbers of sessions, five levels, each under a name of its own."""
    everything = scenarios.grid() + scenarios.questions()
    names = [scenario.name for scenario in everything]
    assert len(scenarios.grid()) == 3 * 3 * 5
    assert len(set(names)) == len(names)
    assert {"target", "million, longest"} <= set(names)
    target = next(scenario for scenario in everything if scenario.name == "target")
    assert target.load == Load(10_000, 100_000, 1_000)
    assert target.limits == Limits()


def test_all_are_run_in_order_and_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each, and when all are done."""
    small = [
        scenarios.Scenario(name, Load(15, 20, 2), LEVELS[name], Effort(60, 5, watched=1))
        for name in ("none", "ledger")
    ]
    monkeypatch.setattr(scenarios, "grid", lambda: small)
    monkeypatch.setattr(scenarios, "questions", list)
    said = list[tuple[int, int, str]]()
    outcomes = scenarios.run_all(lambda done, of, name: said.append((done, of, name)))
    assert [outcome.name for outcome in outcomes] == ["none", "ledger"]
    assert said == [(0, 2, "none"), (1, 2, "ledger"), (2, 2, "")]


def outcomes() -> list[Outcome]:
    """Two of the grid by name, from a small load, and a target."""
    names = ["ledger, 1000/s, 1000 sessions", "none, 10000/s, 100000 sessions", "target"]
    return [
        simulate(name, Load(15, 20, 2), Limits(), LEVELS[level], effort=Effort(60, 5, watched=1))
        for name, level in zip(names, ("ledger", "none", "long"), strict=True)
    ]


def test_charts_are_svg_and_the_same_each_time(tmp_path: Path) -> None:
    """Six of them, with text that can be searched, byte for byte from the same outcomes."""
    simulated = outcomes()
    first, again = (draw(simulated, tmp_path / name) for name in ("first", "again"))
    assert [path.name for path in first] == [
        "fleet-getuser.svg",
        "fleet-refused-by-mistake.svg",
        "fleet-sign-outs.svg",
        "fleet-delay.svg",
        "fleet-cost.svg",
        "fleet-trade-off.svg",
    ]
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert ElementTree.parse(one).getroot().tag.endswith("svg")
    assert "declared maximum" in first[3].read_text(encoding="utf-8")


def test_charts_of_nothing_are_drawn_all_the_same(tmp_path: Path) -> None:
    """Half a run leaves empty charts, no error."""
    assert all(path.stat().st_size > 0 for path in draw([], tmp_path))
