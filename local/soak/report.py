"""What a soak has to say, as tables."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from local.soak.flatness import Finding
from local.soak.tally import Tally


def tell(
    console: Console,
    tally: Tally,
    findings: Sequence[Finding],
    grown: Sequence[tuple[str, float, int]],
) -> None:
    """Print the answers, the surprises, what happened, and what grew."""
    console.print(_answers(tally))
    happened = ", ".join(f"{times} {name}" for name, times in sorted(tally.events.items()))
    console.print(f"Around it: {happened or 'nothing'}.")
    reasons = ", ".join(f"{times} {name}" for name, times in tally.reasons.most_common())
    console.print(f"Decisions by reason: {reasons or 'none'}.\n")
    if tally.told:
        console.print(_surprises(tally))
    console.print(_flatness(findings))
    console.print(_grown(grown))


def _answers(tally: Tally) -> Table:
    answers = sorted({answer for _, answer in tally.answers})
    table = Table("request", *answers, title=f"{tally.requests} requests")
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in sorted({kind for kind, _ in tally.answers}):
        counts = (tally.answers[kind, answer] for answer in answers)
        table.add_row(kind, *(str(count) if count else "" for count in counts))
    return table


def _surprises(tally: Tally) -> Table:
    table = Table("at", "request", "answer", "expected", "state")
    table.title = f"{tally.surprises} answers that nothing explains"
    for told in tally.told:
        at = time.strftime("%H:%M:%S", time.gmtime(told.at_seconds))
        table.add_row(at, told.kind, told.answer, told.expected, told.state)
    return table


def _flatness(findings: Sequence[Finding]) -> Table:
    table = Table(
        "", "first third", "last third", "most", "slope a minute", "growth", "allowed", ""
    )
    table.title = "What the process holds, after the warm-up"
    for column in table.columns[1:-1]:
        column.justify = "right"
    for found in findings:
        name = found.limit.name.replace("_mib", "")
        table.add_row(
            f"{name}, {found.limit.unit}" if found.limit.unit else name,
            f"{found.first:.1f}",
            f"{found.last:.1f}",
            f"{found.most:.1f}",
            f"{found.slope_per_minute:+.3f}",
            f"{found.growth:+.2f}",
            f"{found.allowed:.2f}",
            "flat" if found.is_flat else "GROWS",
        )
    return table


def _grown(grown: Sequence[tuple[str, float, int]]) -> Table:
    table = Table("line", "KiB", "blocks", title="Lines whose memory has grown most")
    for place, kib, blocks in grown:
        table.add_row(place, f"{kib:+.1f}", f"{blocks:+d}")
    return table
