"""Page, charts and table say what the figures say, and what is committed agrees."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import charts
from benchmarks.budgets import read_budgets
from benchmarks.figures import read_report
from benchmarks.page import DOCS, charts_folder, markdown_table, render
from benchmarks.table import figures_table, number_text, ratio_text
from tests.benchmarks.made_up import figure, whole_report


def test_the_committed_page_is_that_of_the_committed_figures() -> None:
    """Whoever commits figures commits their page: ``python -m benchmarks --page`` writes it."""
    assert (DOCS / "performance.md").read_text() == render(read_report())


def test_the_page_says_nothing_twice() -> None:
    """No line of its text stands there a second time; rules and heads of tables do."""
    lines = (DOCS / "performance.md").read_text().splitlines()
    text = [line for line in lines if line and not line.startswith("|")]
    assert len(set(text)) == len(text)


def test_the_committed_charts_are_those_of_the_committed_figures(tmp_path: Path) -> None:
    """The same report makes the same bytes, on any machine."""
    for drawn in charts.draw(read_report(), tmp_path):
        committed = charts_folder(DOCS) / drawn.name
        assert committed.read_text() == drawn.read_text()


def test_the_page_shows_every_chart() -> None:
    """No chart is committed that nobody sees, and none is shown that is not there."""
    page = (DOCS / "performance.md").read_text()

    for chart in sorted(charts_folder(DOCS).iterdir()):
        assert f"(performance/{chart.name})" in page
    assert page.count("](performance/") == len(list(charts_folder(DOCS).iterdir()))


def test_every_budget_has_a_figure_and_every_judged_figure_a_budget() -> None:
    """The last run was held to the budgets that are committed, to all of them and to no others."""
    budgets = {name: (budget.at_most, budget.on) for name, budget in read_budgets().items()}
    judged = {
        one.name: (one.budget, one.budget_on)
        for one in read_report().figures
        if one.budget is not None
    }

    assert judged == budgets


def test_names_of_figures_are_unique() -> None:
    """A name means one figure."""
    names = [one.name for one in read_report().figures]

    assert len(set(names)) == len(names)


def test_a_row_has_values_spread_ratio_budget_and_samples() -> None:
    """Everything that a reader must have to judge a ratio stands in its row."""
    row = markdown_table([figure(budget=0.5, budget_on="ratio")]).splitlines()[-1]

    assert row == "| Made up | 10 ms (9-12) | peer | 20 ms | 0.50 (0.4-0.6) | ≤ 0.5 | 21 |"


def test_a_row_over_its_budget_says_so() -> None:
    """Nobody has to compare two columns to see it."""
    row = markdown_table([figure(budget=9.9, budget_on="value")]).splitlines()[-1]

    assert "| ≤ 9.9 ms **over** |" in row


@pytest.mark.parametrize(
    ("ratio", "mark"), [(0.5, "ok"), (0.51, "OVER")], ids=["just enough", "too much"]
)
def test_the_table_marks_budgets(ratio: float, mark: str) -> None:
    """The last column says whether a budget is kept."""
    printed = io.StringIO()
    table = figures_table([figure(ratio=ratio, budget=0.5, budget_on="ratio")])

    Console(file=printed, width=140).print(table)

    assert printed.getvalue().splitlines()[-1].rstrip().endswith(mark)


def test_the_page_counts_budgets_that_are_kept() -> None:
    """The first thing that a reader sees is how many hold, and which don't."""
    whole = whole_report()
    kept = [figure(one.name, budget=0.5, budget_on="ratio") for one in whole.figures]
    kept[0] = figure(kept[0].name, budget=0.1, budget_on="ratio")

    page = render(type(whole)(whole.date, whole.machine, kept))

    assert f"{len(kept) - 1} of {len(kept)} budgets are kept. Over: `{kept[0].name}`." in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.12345, "0.123"), (12.345, "12.3"), (99.96, "100"), (1234.5, "1,234"), (0, "0")],
)
def test_numbers_have_three_digits_and_no_exponent(value: float, text: str) -> None:
    """A column of numbers can be compared by eye."""
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(1.044, "1.04"), (0.1, "0.10"), (0.00567, "0.00567"), (None, "")]
)
def test_a_ratio_never_looks_like_nothing(ratio: float | None, text: str) -> None:
    """Two places are enough to judge a budget by; a small ratio keeps its digits."""
    assert ratio_text(ratio) == text


@pytest.mark.parametrize(
    ("load", "is_busy"), [(0.5, False), (0.6, True)], ids=["just idle enough", "too busy"]
)
def test_the_page_says_if_the_machine_was_busy(load: float, is_busy: bool) -> None:
    """A reader sees the load before the run, and a warning beyond a quarter of the cores."""
    whole = whole_report()
    page = render(replace(whole, machine={**whole.machine, "load_before": load}))

    assert f"Load average before the run: {load}" in page
    assert (f"**Others were at work: load {load} on 2 cores" in page) is is_busy
