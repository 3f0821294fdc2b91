"""How a rehearsal tells of itself: tables of resources and of steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from local.aws.read_back import Comparison
from local.bench import Outcome
from local.story import Step

_COLOURS = {2: "green", 4: "yellow", 5: "magenta"}


def resources_table(rows: Sequence[Comparison]) -> Table:
    """What was read back: each resource, what of it was compared, and whether it is as meant."""
    table = Table(box=None, pad_edge=False, title="Read back", title_justify="left")
    for name in ("resource", "type", "compared", ""):
        table.add_column(name, overflow="fold")
    for row in rows:
        unread = [f"[dim]not {name}: {why}" for name, why in (row.unread or {}).items()]
        compared = "\n".join([", ".join(row.compared) or "that it is there", *unread])
        verdict = "[bold red]NO" if row.problems else "[green]ok"
        table.add_row(row.logical_id, row.kind.removeprefix("AWS::"), compared, verdict)
    return table


def steps_table(chapter: str, steps: Iterable[Step]) -> Table:
    """One chapter of the story."""
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
