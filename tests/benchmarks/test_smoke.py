"""Every measurement runs, on the checkout in place of bundles, and finds what its budgets want."""

from __future__ import annotations

import sysconfig
import time
from pathlib import Path

import pytest

from benchmarks.budgets import find_problems, read_budgets
from benchmarks.bundles import Folders
from benchmarks.groups import GROUPS
from benchmarks.processes import PROJECT
from benchmarks.run import Run

#: They fetch wheels, or take minutes: left to ``make bench``.
_FETCHING = {"emulator", "size"}


class CheckedOut(Folders):
    """The sources, and what is installed here."""

    @property
    def runtime(self) -> Path:
        """What is installed here."""
        return Path(sysconfig.get_path("purelib"))

    def authorizer(self, *, has_bytecode: bool) -> Path:
        """The checkout."""
        return PROJECT

    def textbook(self, *, has_bytecode: bool) -> Path:
        """Its one file."""
        return PROJECT / "benchmarks" / "textbook"


@pytest.mark.parametrize("group", sorted(set(GROUPS) - _FETCHING))
def test_a_measurement_finds_its_figures(group: str, tmp_path: Path) -> None:
    """Each figure has samples and no number below zero, and no budget is left without a figure."""
    run = Run(tmp_path, time.time, charts=tmp_path, is_quick=True)
    run.folders = CheckedOut(tmp_path)

    figures = GROUPS[group](run)

    assert all(one.group == group and one.samples > 0 and one.value >= 0 for one in figures)
    assert all(one.ratio > 0 for one in figures if one.ratio is not None)
    unlimited = {
        name: type(budget)(1e9, budget.on, budget.source) for name, budget in read_budgets().items()
    }
    assert find_problems(figures, unlimited, {group}) == []
