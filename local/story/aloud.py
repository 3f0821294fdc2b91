"""Tells a story on the terminal, chapter by chapter, and says whether it went as told."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console

from local.story.table import chapter_table
from local.story.telling import Step


def tell_aloud(story: Iterable[Step]) -> int:
    """Print the steps as they happen; an exit code: 1 if one went otherwise, or none was told."""
    console = Console()
    steps: list[Step] = []
    for chapter, told in groupby(story, key=lambda step: step.chapter):
        of_chapter = list(told)
        console.print(chapter_table(chapter, of_chapter), "")
        steps += of_chapter
    wrong = sum(not step.is_as_told for step in steps)
    if wrong or not steps:
        console.print(f"[bold red]{wrong} of {len(steps)} steps went otherwise than told.")
        return 1
    console.print(f"[bold green]{len(steps)} steps, and every one went as told.")
    return 0
