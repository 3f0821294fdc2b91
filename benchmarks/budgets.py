"""Holds figures to ``budgets.toml``: the one place that says what is good enough."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure

FILE = Path(__file__).resolve().parent / "budgets.toml"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a figure may be at most.

    Attributes:
        on: ``ratio`` to its peer, or its own ``value``.
        source: where the number comes from.
    """

    at_most: float
    on: str
    source: str


def read_budgets(file: Path = FILE) -> Mapping[str, Budget]:
    """Every budget, by the name of its figure.

    Raises:
        ValueError: a budget is on something that figures do not have.
    """
    budgets = {name: Budget(**members) for name, members in tomllib.loads(file.read_text()).items()}
    for name, budget in budgets.items():
        if budget.on not in {"ratio", "value"}:
            raise ValueError(f"{name}: a budget is on ratio or value, not {budget.on}")
    return budgets


def apply(figures: Iterable[Figure], budgets: Mapping[str, Budget]) -> list[Figure]:
    """The figures with their budgets written into them."""
    return [
        dataclasses.replace(one, budget=budgets[one.name].at_most, budget_on=budgets[one.name].on)
        if one.name in budgets
        else one
        for one in figures
    ]


def find_problems(
    figures: Sequence[Figure], budgets: Mapping[str, Budget], groups: Collection[str]
) -> list[str]:
    """What makes a run fail, in words: budgets exceeded, and budgets that nobody measured.

    Args:
        groups: the groups that were run.
    """
    measured = {one.name for one in figures}
    missing = [
        f"{name}: has a budget, but was not measured"
        for name in budgets
        if name.partition(".")[0] in groups and name not in measured
    ]
    return missing + [
        f"{one.name}: {one.budget_on} {_judged(one)} is over its budget of {one.budget:g}"
        for one in apply(figures, budgets)
        if one.ok is False
    ]


def _judged(one: Figure) -> str:
    judged = one.ratio if one.budget_on == "ratio" else one.value
    return "missing" if judged is None else f"{judged:g}"
