"""Writes ``docs/performance.md`` and its charts: ``page.md`` with a report's figures put in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template

from benchmarks import charts
from benchmarks.figures import Figure, Report
from benchmarks.machine import busy_text
from benchmarks.processes import PROJECT
from benchmarks.table import budget_text, ratio_text, spread_text, value_text

DOCS = PROJECT / "docs"
_TEMPLATE = Path(__file__).resolve().parent / "page.md"

_HEAD = "| | here | against | there | ratio | budget | samples |\n|---|---|---|---|---|---|---|"


def write(report: Report, docs: Path) -> None:
    """Write page and charts."""
    (docs / "performance.md").write_text(render(report))
    charts.draw(report, charts_folder(docs))


def charts_folder(docs: Path) -> Path:
    """Where the page's charts are."""
    folder = docs / "performance"
    folder.mkdir(exist_ok=True)
    return folder


def render(report: Report) -> str:
    """The page of a report.

    Raises:
        KeyError: the template wants a group's table, and the report has no figure of that group.
    """
    groups: dict[str, list[Figure]] = {}
    for one in report.figures:
        groups.setdefault(one.group, []).append(one)
    tables = {name: markdown_table(figures) for name, figures in groups.items()}
    return Template(_TEMPLATE.read_text()).substitute(
        tables,
        date=report.date,
        verdict=_verdict(report.figures),
        machine=_machine(report),
    )


def markdown_table(figures: Sequence[Figure]) -> str:
    """One row for each figure; quartiles behind the medians."""
    return "\n".join([_HEAD, *(_row(one) for one in figures)])


def _row(one: Figure) -> str:
    cells = [
        one.title,
        f"{value_text(one.value, one.unit)}{_in_brackets(one.low, one.high)}",
        one.peer or "",
        value_text(one.peer_value, one.unit),
        f"{ratio_text(one.ratio)}{_in_brackets(one.ratio_low, one.ratio_high)}",
        budget_text(one) + (" **over**" if one.ok is False else ""),
        f"{one.samples:,}",
    ]
    return f"| {' | '.join(cells)} |"


def _in_brackets(low: float | None, high: float | None) -> str:
    text = spread_text(low, high)
    return f" ({text})" if text else ""


def _verdict(figures: Sequence[Figure]) -> str:
    judged = [one for one in figures if one.ok is not None]
    over = [f"`{one.name}`" for one in judged if not one.ok]
    if not over:
        return f"All {len(judged)} budgets are kept."
    return f"{len(judged) - len(over)} of {len(judged)} budgets are kept. Over: {', '.join(over)}."


def _machine(report: Report) -> str:
    machine = report.machine
    peers = ", ".join(f"{name} {version}" for name, version in machine["peers"].items())
    busy = busy_text(machine)
    warning = f". **{busy}: go by ratios, not by values**" if busy else ""
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['os']}; Python {machine['python']},"
        f" Node {machine['node']}; {peers}. Load average before the run: {machine['load_before']}"
        f"{warning}"
    )
