"""A figure over its budget fails the run, and so does a budget that nobody measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.budgets import Budget, apply, find_problems, read_budgets
from tests.benchmarks.made_up import figure

RATIO = {"group.made_up": Budget(at_most=0.5, on="ratio", source="made up")}
VALUE = {"group.made_up": Budget(at_most=10, on="value", source="made up")}


@pytest.mark.parametrize(
    ("budgets", "just_enough", "too_much"),
    [(RATIO, {"ratio": 0.5}, {"ratio": 0.501}), (VALUE, {"value": 10.0}, {"value": 10.01})],
)
def test_a_budget_is_kept_up_to_its_number(
    budgets: dict[str, Budget], just_enough: dict[str, Any], too_much: dict[str, Any]
) -> None:
    """Equal to the budget is within it, more is not."""
    assert find_problems([figure(**just_enough)], budgets, {"group"}) == []
    [problem] = find_problems([figure(**too_much)], budgets, {"group"})
    assert problem.startswith("group.made_up: ")


def test_a_budget_without_a_figure_is_a_problem() -> None:
    """Who stops measuring something does not pass for it."""
    [problem] = find_problems([], RATIO, {"group"})

    assert problem == "group.made_up: has a budget, but was not measured"


def test_a_group_that_was_not_run_owes_no_figures() -> None:
    """A run of one group is judged by that group's budgets."""
    assert find_problems([], RATIO, {"another"}) == []


def test_a_ratio_budget_on_a_figure_without_a_peer_is_a_problem() -> None:
    """A budget that cannot be judged is not kept."""
    lonely = figure(peer=None, peer_value=None, ratio=None)

    [problem] = find_problems([lonely], RATIO, {"group"})

    assert "missing" in problem


def test_budgets_are_written_into_their_figures() -> None:
    """A report says what was asked of each figure at the time."""
    judged, free = apply([figure(), figure("group.free")], RATIO)

    assert (judged.budget, judged.budget_on, judged.ok) == (0.5, "ratio", True)
    assert (free.budget, free.ok) == (None, None)


def test_every_budget_says_where_it_comes_from() -> None:
    """No number stands in the file without a source."""
    assert all(budget.source for budget in read_budgets().values())


def test_a_budget_on_something_else_is_refused(tmp_path: Path) -> None:
    """A misspelt budget would never be judged."""
    file = tmp_path / "budgets.toml"
    file.write_text('["a.b"]\nat_most = 1\non = "ratios"\nsource = "made up"\n')

    with pytest.raises(ValueError, match=r"^a\.b: "):
        read_budgets(file)
