"""Draws a graph as SVG, as near to CloudWatch's own look as a reader needs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from local.dashboard.lines import Line, lines_of
from local.dashboard.sample import MINUTES

_DOTS_PER_INCH = 100
_HOURS = [-MINUTES / 60 + minute / 60 for minute in range(MINUTES)]

#: Paul Tol's muted set, for what has no color of its own.
_COLORS = (
    "#332288",
    "#88ccee",
    "#44aa99",
    "#117733",
    "#999933",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#aa4499",
)

_STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 7.5,
    "axes.spines.top": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e5e8ea",
    "grid.linewidth": 0.6,
    "svg.fonttype": "none",
    # Otherwise ids in the file are new each time.
    "svg.hashsalt": "dashboard",
}


def draw(properties: Mapping[str, Any], *, width: int, height: int) -> str:
    """The graph of a widget of type ``metric``, as an SVG element of so many pixels."""
    lines = lines_of(properties)
    with mpl.rc_context(_STYLE):
        figure = Figure(
            figsize=(width / _DOTS_PER_INCH, height / _DOTS_PER_INCH), layout="constrained"
        )
        axes = figure.subplots()
        left = [line for line in lines if not line.is_right]
        _draw_lines(axes, left, is_stacked=properties.get("stacked", False), offset=0)
        right = [line for line in lines if line.is_right]
        twin = None
        if right:
            twin = axes.twinx()
            twin.grid(visible=False)
            _draw_lines(twin, right, is_stacked=False, offset=len(left))
            _set_axis(twin, properties["yAxis"].get("right", {}))
        for limit in properties.get("annotations", {}).get("horizontal", ()):
            _draw_limit(axes, limit)
        _set_axis(axes, properties["yAxis"]["left"])
        _set_hours(axes)
        axes.spines["right"].set_visible(bool(right))
        _add_legend(figure, [*axes.get_legend_handles_labels()[0]], twin)
        output = io.StringIO()
        figure.savefig(output, format="svg", transparent=True, metadata={"Date": None})
    return "<svg" + output.getvalue().partition("<svg")[2]


def _draw_lines(axes: Axes, lines: Sequence[Line], *, is_stacked: bool, offset: int) -> None:
    # What never happened is in the legend of no graph.
    there = [line for line in lines if not np.isnan(line.values).all()]
    colors = [line.color or _COLORS[(offset + at) % len(_COLORS)] for at, line in enumerate(there)]
    labels = [line.label for line in there]
    if is_stacked and there:
        values = [np.nan_to_num(line.values) for line in there]
        axes.stackplot(_HOURS, values, labels=labels, colors=colors, alpha=0.85, linewidth=0)
        return
    for line, color in zip(there, colors, strict=True):
        is_rare = np.count_nonzero(np.isnan(line.values)) > MINUTES * 2 / 3
        axes.plot(
            _HOURS,
            line.values,
            label=line.label,
            color=color,
            linewidth=1.3,
            # A single moment has no line.
            marker="o" if is_rare else None,
            markersize=2.2,
        )
    if not there:
        axes.text(0.5, 0.5, "nothing", transform=axes.transAxes, ha="center", color="#687078")


def _draw_limit(axes: Axes, limit: Mapping[str, Any]) -> None:
    axes.axhline(limit["value"], color=limit["color"], linewidth=1, linestyle=(0, (4, 2)))
    axes.annotate(
        limit["label"],
        (_HOURS[0], limit["value"]),
        xytext=(3, 2),
        textcoords="offset points",
        color=limit["color"],
        fontsize=7,
    )
    axes.set_ylim(top=max(axes.get_ylim()[1], limit["value"] * 1.15))


def _set_axis(axes: Axes, options: Mapping[str, Any]) -> None:
    axes.set_ylim(bottom=options.get("min"), top=options.get("max"))
    axes.set_ylabel(options.get("label", ""), fontsize=7)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.tick_params(length=2, width=0.6)


def _set_hours(axes: Axes) -> None:
    axes.set_xlim(_HOURS[0], _HOURS[-1])
    axes.set_xticks([-3, -2.5, -2, -1.5, -1, -0.5, 0])
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: "now" if value == 0 else f"\u2212{-value:g} h")
    )


def _add_legend(figure: Figure, handles: list[Any], twin: Axes | None) -> None:
    if twin is not None:
        handles += twin.get_legend_handles_labels()[0]
    if handles:
        figure.legend(
            handles=handles,
            loc="outside lower left",
            ncols=3 if len(handles) > 4 else max(1, len(handles)),
            frameon=False,
            fontsize=7,
            handlelength=1.1,
            columnspacing=1.2,
            handletextpad=0.5,
            labelspacing=0.25,
        )
