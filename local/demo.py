"""``make demo``: tells the story on the local stack and checks every answer.

Exits with 1 if a step went otherwise than the story says.
"""

from __future__ import annotations

import os
import sys
from itertools import groupby

from rich.console import Console

from local.isolation import isolate
from local.local_bench import open_local_bench
from local.story import tell
from local.story.table import chapter_table


def main() -> int:
    """Tell the story; the exit code."""
    isolate(os.environ)
    console = Console()
    steps = []
    for chapter, told in groupby(tell(open_local_bench), key=lambda step: step.chapter):
        of_chapter = list(told)
        console.print(chapter_table(chapter, of_chapter), "")
        steps += of_chapter
    wrong = sum(not step.is_as_told for step in steps)
    if wrong or not steps:
        console.print(f"[bold red]{wrong} of {len(steps)} steps went otherwise than told.")
        return 1
    console.print(f"[bold green]{len(steps)} steps, and every one went as told.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
