"""``make demo``: tells the story on the local stack and checks every answer.

Exits with 1 if a step went otherwise than the story says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.table import Table

from local.bench import Outcome
from local.isolation import isolate
from local.local_bench import open_local_bench
from local.story import Step, tell

_COLOURS = {2: "green", 4: "yellow", 5: "magenta"}


def main() -> int:
    """Tell the story; the exit code."""
    isolate(os.environ)
    console = Console()
    steps = []
    for chapter, told in groupby(tell(open_local_bench), key=lambda step: step.chapter):
        of_chapter = list(told)
        console.print(_table(chapter, of_chapter), "")
        steps += of_chapter
    wrong = sum(not step.is_as_told for step in steps)
    if wrong or not steps:
        console.print(f"[bold red]{wrong} of {len(steps)} steps went otherwise than told.")
        return 1
    console.print(f"[bold green]{len(steps)} steps, and every one went as told.")
    return 0


def _table(chapter: str, steps: Iterable[Step]) -> Table:
    table = Table(
        title=chapter,
        title_style="bold",
        title_justify="left",
        box=None,
        show_header=False,
        pad_edge=False,
    )
    # The same in every chapter, and 79 characters in all.
    for width in (38, 3, 30, 2):
        table.add_column(width=width)
    for step in steps:
        verdict = "[green]ok" if step.is_as_told else "[bold red]NO"
        table.add_row(step.what, *_cells(step.actual), verdict)
        if not step.is_as_told:
            table.add_row("[bold red]  should have been", *_cells(step.expected))
    return table


def _cells(outcome: Outcome) -> tuple[str, str]:
    colour = _COLOURS.get(outcome.status // 100, "red")
    return f"[{colour}]{outcome.status}", outcome.reason


if __name__ == "__main__":
    sys.exit(main())
