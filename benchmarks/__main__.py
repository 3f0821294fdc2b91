"""``python -m benchmarks``: measure, print the table, judge it, write it down.

A run of everything writes ``benchmarks/latest.json``, ``docs/performance.md`` and the charts; a run
of some groups prints only. The exit status is 1 if a figure is over its budget, or missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import budgets, figures, page
from benchmarks.figures import Figure, Report
from benchmarks.groups import GROUPS
from benchmarks.machine import busy_text, describe
from benchmarks.run import Measure, Run
from benchmarks.table import figures_table

#: Narrower, the table cannot be read.
_WIDTH = 140


@dataclass(frozen=True, slots=True)
class Places:
    """What is measured, what it is held to, and where it is written down."""

    groups: Mapping[str, Measure] = field(default_factory=lambda: GROUPS)
    budgets: Path = budgets.FILE
    latest: Path = figures.LATEST
    docs: Path = page.DOCS


def main(arguments: Sequence[str], places: Places) -> int:
    """Do what the command line says; the exit status."""
    options = _parser(places).parse_args(arguments)
    if options.page:
        page.write(figures.read_report(places.latest), places.docs)
        return 0
    # Bound to this stream: a candidate may have its own standard output for a while.
    console = Console(file=sys.stdout, width=max(Console().width, _WIDTH))
    machine = describe()
    console.print(f"Load average at the start: {machine['load_before']}")
    if busy := busy_text(machine):
        console.print(f"[yellow]{busy}")
    is_whole = not options.only
    groups = {
        name: measure for name, measure in places.groups.items() if is_whole or name in options.only
    }
    limits = budgets.read_budgets(places.budgets)
    measured = budgets.apply(
        _measure(groups, console, charts=page.charts_folder(places.docs) if is_whole else None),
        limits,
    )
    report = Report(datetime.now(UTC).date().isoformat(), machine, measured)
    console.print(figures_table(measured))
    if options.json is not None:
        report.write(options.json)
    if is_whole:
        report.write(places.latest)
        page.write(report, places.docs)
    problems = budgets.find_problems(measured, limits, groups)
    for problem in problems:
        console.print(f"[bold red]{problem}")
    return 1 if problems else 0


def _measure(
    groups: Mapping[str, Measure], console: Console, *, charts: Path | None
) -> list[Figure]:
    """Measure, and show how far it is."""
    found: list[Figure] = []
    with (
        Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=2,
        ) as progress,
        tempfile.TemporaryDirectory() as scratch,
    ):
        run = Run(Path(scratch), time.time, charts=charts or Path(scratch))
        for name, measure in groups.items():
            task = progress.add_task(name, total=None)
            run.on_round = partial(progress.advance, task)
            found += measure(run)
            progress.update(task, total=progress.tasks[task].completed)
    return found


def _parser(places: Places) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        choices=list(places.groups),
        help="measure this group only (may be repeated)",
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    parser.add_argument(
        "--page", action="store_true", help="measure nothing: write page and charts of the last run"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Places()))
