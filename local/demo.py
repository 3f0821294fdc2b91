"""``make demo``: tells the story on the local stack and checks every answer.

Exits with 1 if a step went otherwise than the story says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table

from local.bench import open_local_bench
from local.story import Step, tell

#: Where nothing tells the width of the paper.
_PLAIN_WIDTH = 110
_COLOURS = {2: "green", 4: "yellow", 5: "magenta"}


def main() -> int:
    """Tell the story; the exit code."""
    # The Lambdas print their metrics to standard output, which is the story's here.
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PLAIN_WIDTH)
    steps = []
    for chapter, told in groupby(tell(open_local_bench), key=lambda step: step.chapter):
        of_chapter = list(told)
        console.print(_table(chapter, of_chapter))
        steps += of_chapter
    wrong = sum(not step.is_as_told for step in steps)
    if wrong:
        console.print(f"[bold red]{wrong} of {len(steps)} steps went otherwise than told.")
    else:
        console.print(f"[bold green]{len(steps)} steps, and every one went as told.")
    return 1 if wrong else 0


def _table(chapter: str, steps: Iterable[Step]) -> Table:
    table = Table(
        title=chapter, title_justify="left", box=box.SIMPLE_HEAD, show_header=False, width=100
    )
    table.add_column("step", width=46)
    table.add_column("status", width=6)
    table.add_column("reason", width=32)
    table.add_column("as told", width=8)
    for step in steps:
        status = step.actual.status
        told = step.expected
        table.add_row(
            step.what,
            f"[{_COLOURS.get(status // 100, 'red')}]{status}",
            step.actual.reason,
            "[green]ok" if step.is_as_told else f"[bold red]WRONG: {told.status} {told.reason}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
