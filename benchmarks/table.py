"""The table of figures, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from benchmarks.figures import Figure

_MARKS = {None: "", True: "[green]ok", False: "[bold red]OVER"}


def figures_table(figures: Sequence[Figure]) -> Table:
    """One line for each figure, in order; quartiles in brackets."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("here", justify="right")
    table.add_column("against", overflow="fold")
    table.add_column("there", justify="right")
    table.add_column("ratio", justify="right")
    table.add_column("budget", justify="right")
    table.add_column("samples", justify="right")
    table.add_column("")
    for one in figures:
        table.add_row(
            one.title,
            f"{value_text(one.value, one.unit)} [dim]{spread_text(one.low, one.high)}",
            one.peer or "",
            value_text(one.peer_value, one.unit),
            f"{ratio_text(one.ratio)} [dim]{spread_text(one.ratio_low, one.ratio_high)}",
            budget_text(one),
            str(one.samples),
            _MARKS[one.ok],
        )
    return table


def value_text(value: float | None, unit: str) -> str:
    """A number with its unit, to three digits; nothing for nothing."""
    return "" if value is None else f"{number_text(value)} {unit}".strip()


def number_text(value: float) -> str:
    """To three digits, without an exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):g}"


def ratio_text(ratio: float | None) -> str:
    """To two places, and small ones to three digits."""
    if ratio is None:
        return ""
    return f"{ratio:.2f}" if ratio >= 0.1 else number_text(ratio)


def spread_text(low: float | None, high: float | None) -> str:
    """The quartiles; nothing where there are none, or where they are one number."""
    if low is None or high is None or low == high:
        return ""
    return f"{number_text(low)}-{number_text(high)}"


def budget_text(one: Figure) -> str:
    """What it may be at most."""
    if one.budget is None:
        return ""
    unit = one.unit if one.budget_on == "value" else ""
    return f"≤ {value_text(one.budget, unit)}"
