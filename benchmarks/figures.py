"""Named figures: what was measured, against whom, and what it may be."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.series import Series, Spread

LATEST = Path(__file__).resolve().parent / "latest.json"

#: Of each number that is written down.
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        name: ``group.what``; never changes, budgets and pages refer to it.
        title: for people.
        unit: of ``value``, ``low``, ``high`` and ``peer_value``.
        value: the median; ``low`` and ``high`` are quartiles over the rounds.
        samples: how many observations it stands for.
        peer: what ran beside it.
        ratio: median over the rounds of value by peer's value, with quartiles.
        budget: what the value or the ratio may be at most.
        budget_on: ``ratio`` or ``value``.
    """

    name: str
    title: str
    unit: str
    value: float
    low: float
    high: float
    samples: int
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    budget: float | None = None
    budget_on: str | None = None

    @property
    def group(self) -> str:
        """What it was measured with."""
        return self.name.partition(".")[0]

    @property
    def ok(self) -> bool | None:
        """Whether it keeps its budget; None if it has none."""
        if self.budget is None:
            return None
        judged = self.ratio if self.budget_on == "ratio" else self.value
        return judged is not None and judged <= self.budget


def figure(name: str, title: str, unit: str, series: Series) -> Figure:
    """A figure that stands for itself."""
    spread = series.spread
    return Figure(
        name=name, title=title, unit=unit, samples=series.samples, **_numbers(spread, "value")
    )


def compare(name: str, title: str, unit: str, *, ours: Series, peer: str, theirs: Series) -> Figure:
    """A figure beside a peer's of the same rounds."""
    return dataclasses.replace(
        figure(name, title, unit, ours),
        peer=peer,
        peer_value=rounded(theirs.spread.median),
        **_numbers(ours.ratio_to(theirs), "ratio"),
    )


def _numbers(spread: Spread, name: str) -> dict[str, Any]:
    prefix = "" if name == "value" else f"{name}_"
    return {
        name: rounded(spread.median),
        f"{prefix}low": rounded(spread.low),
        f"{prefix}high": rounded(spread.high),
    }


def rounded(value: float) -> float:
    """To as many digits as mean anything."""
    return float(f"{value:.{_DIGITS}g}")


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one run, where and when.

    Attributes:
        date: UTC, ``YYYY-MM-DD``.
        machine: see :func:`benchmarks.machine.describe`.
    """

    date: str
    machine: Mapping[str, Any]
    figures: Sequence[Figure]

    def write(self, file: Path) -> None:
        """As JSON, for :func:`read_report` and for whoever wants the numbers."""
        document = {
            "date": self.date,
            "machine": dict(self.machine),
            "figures": [dataclasses.asdict(one) | {"ok": one.ok} for one in self.figures],
        }
        file.write_text(json.dumps(document, indent=2) + "\n")

    def find(self, name: str) -> Figure:
        """The figure of that name.

        Raises:
            KeyError: there is none.
        """
        for one in self.figures:
            if one.name == name:
                return one
        raise KeyError(name)


def read_report(file: Path = LATEST) -> Report:
    """What :meth:`Report.write` wrote."""
    document = json.loads(file.read_text())
    figures = [
        Figure(**{name: value for name, value in one.items() if name != "ok"})
        for one in document["figures"]
    ]
    return Report(document["date"], document["machine"], figures)
