"""``python -m benchmarks`` judges what it measures, and writes down whole runs only."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import Places, main
from benchmarks.figures import Figure, read_report
from benchmarks.run import Run
from tests.benchmarks.made_up import figure, whole_report

BUDGET = '["group.made_up"]\nat_most = 0.5\non = "ratio"\nsource = "made up"\n'


def places_of(tmp_path: Path, *figures: Figure) -> Places:
    """A group that measures nothing and finds these."""

    def measure(run: Run) -> list[Figure]:
        for _ in run.rounds(2):
            pass
        return list(figures)

    (tmp_path / "budgets.toml").write_text(BUDGET)
    return Places(
        {"group": measure, "another": lambda _: []},
        tmp_path / "budgets.toml",
        tmp_path / "latest.json",
        tmp_path,
    )


def test_a_run_within_its_budgets_succeeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table has the figure with its ratio, and the exit status is 0."""
    places = places_of(tmp_path, figure(ratio=0.49))

    assert main(["--only", "group"], places) == 0
    printed = capsys.readouterr().out
    assert "Made up" in printed
    assert "0.49" in printed


def test_a_figure_over_its_budget_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status is 1, and the last line names the figure, its ratio and its budget."""
    places = places_of(tmp_path, figure(ratio=0.51))

    assert main(["--only", "group"], places) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("group.made_up: ratio 0.51 is over its budget of 0.5")


def test_a_figure_that_is_missing_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A measurement that lost its figure does not pass."""
    assert main(["--only", "group"], places_of(tmp_path)) == 1
    assert "group.made_up: has a budget, but was not measured" in capsys.readouterr().out


def test_another_group_is_not_asked_for_that_figure(tmp_path: Path) -> None:
    """One group is judged alone."""
    assert main(["--only", "another"], places_of(tmp_path)) == 0


def test_a_part_of_a_run_is_not_written_down(tmp_path: Path) -> None:
    """The page shows whole runs; the figures of a part go where the command line says."""
    places = places_of(tmp_path, figure(ratio=0.4))

    main(["--only", "group", "--json", str(tmp_path / "part.json")], places)

    assert read_report(tmp_path / "part.json").find("group.made_up").ratio == 0.4
    assert not places.latest.exists()
    assert not (tmp_path / "performance.md").exists()


def test_the_page_is_written_without_measuring(tmp_path: Path) -> None:
    """Page and charts come from the last run's file alone."""
    places = places_of(tmp_path)
    whole_report().write(places.latest)

    assert main(["--page"], places) == 0
    assert "Example CPU" in (tmp_path / "performance.md").read_text()
    assert (tmp_path / "performance" / "ratios.svg").exists()
