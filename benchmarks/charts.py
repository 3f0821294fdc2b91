"""Charts of a report as SVG, the same bytes for the same report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from benchmarks.figures import Figure, Report
from benchmarks.table import number_text

_OURS, _PEER, _BUDGET = "#2463a8", "#b0b7bf", "#c0392b"
_STYLE = {
    "svg.hashsalt": "performance",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_WIDTH_INCHES = 7.5


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    value: float
    is_ours: bool


def draw(report: Report, folder: Path) -> list[Path]:
    """Write every chart into a folder; their paths."""
    with mpl.rc_context(cast("Any", _STYLE)):
        return [
            _save(_bars("Cold start, ms", _cold_starts(report)), folder / "cold-start.svg"),
            _save(_bars("One token, µs", _tokens(report)), folder / "verification.svg"),
            _save(_ratios(report.figures), folder / "ratios.svg"),
        ]


def _save(canvas: Canvas, file: Path) -> Path:
    canvas.savefig(file, metadata={"Date": None, "Creator": None})
    return file


def _cold_starts(report: Report) -> list[_Bar]:
    bars = [_Bar("empty interpreter", report.find("cold_start.empty").value, is_ours=False)]
    for how, words in (("bytecode", "with bytecode"), ("source", "without")):
        off, on = (report.find(f"cold_start.{how}.ledger_{name}") for name in ("off", "on"))
        bars += [
            _Bar(f"ledger off, {words}", off.value, is_ours=True),
            _Bar(f"ledger on, {words}", on.value, is_ours=True),
            _Bar(f"textbook, {words}", off.peer_value or 0, is_ours=False),
        ]
    return bars


def _tokens(report: Report) -> list[_Bar]:
    peers = [report.find(f"first_seen.{name}") for name in ("rsa", "aws_jwt_verify", "pyjwt")]
    bars = [_Bar(f"first seen: {one.peer}", one.peer_value or 0, is_ours=False) for one in peers]
    bars.insert(1, _Bar("first seen: verification here", peers[0].value, is_ours=True))
    off, on = (report.find(f"handler.ledger_{name}") for name in ("off", "on"))
    return [
        *bars,
        _Bar("seen before: aws-jwt-verify", off.peer_value or 0, is_ours=False),
        _Bar("seen before: whole handler here, ledger off", off.value, is_ours=True),
        _Bar("seen before: whole handler here, ledger on", on.value, is_ours=True),
    ]


def _bars(title: str, bars: Sequence[_Bar]) -> Canvas:
    axes = _axes(title, rows=len(bars))
    places = range(len(bars))
    colors = [_OURS if bar.is_ours else _PEER for bar in bars]
    drawn = axes.barh(places, [bar.value for bar in bars], color=colors, height=0.7)
    axes.bar_label(drawn, labels=[number_text(bar.value) for bar in bars], padding=3)
    axes.set_yticks(places, [bar.label for bar in bars])
    axes.set_xlim(0, max(bar.value for bar in bars) * 1.12)
    return _canvas_of(axes)


def _ratios(figures: Sequence[Figure]) -> Canvas:
    shown = [(one, one.ratio) for one in figures if one.ratio is not None]
    axes = _axes("Ratio to the peer; red: its budget", len(shown))
    axes.axvline(1, color=_PEER, linewidth=0.8)
    for place, (one, ratio) in enumerate(shown):
        axes.plot(ratio, place, "o", color=_OURS, markersize=5)
        if one.budget is not None and one.budget_on == "ratio":
            axes.plot(one.budget, place, "|", color=_BUDGET, markersize=12, markeredgewidth=2)
    axes.set_xscale("log")
    ticks = (0.1, 0.25, 0.5, 1, 2, 4)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(shown)), [f"{one.name} / {one.peer}" for one, _ in shown])
    return _canvas_of(axes)


def _axes(title: str, rows: int) -> Axes:
    canvas = Canvas(figsize=(_WIDTH_INCHES, 0.9 + 0.27 * rows), layout="constrained")
    axes = canvas.add_subplot()
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    return axes


def _canvas_of(axes: Axes) -> Canvas:
    canvas = axes.figure
    assert isinstance(canvas, Canvas)
    return canvas
