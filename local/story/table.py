"""A chapter of the story as a table: what was done, what was answered, whether that is as told."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from local.bench import Outcome
from local.story.telling import Step

_COLOURS = {2: "green", 4: "yellow", 5: "magenta"}


def chapter_table(chapter: str, steps: Iterable[Step]) -> Table:
    """One chapter, in 79 characters, with colours where the console has them."""
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
