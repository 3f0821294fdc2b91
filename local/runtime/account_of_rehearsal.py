"""How a rehearsal tells of the resources that it read back."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from local.aws.read_back import Comparison


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
