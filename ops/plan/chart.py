"""Draws delay against calls and cost: a picture in a file, and text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import plotext
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ops.answers import UsageError
from ops.plan.planning import Proposal
from simulation.cost import read_prices

_CALLS, _COST, _LIMIT = "#2f6fb2", "#d98032", "#b0413e"
_INCHES = (8.0, 7.0)
_DPI = 120
_ROWS = 14
#: Where a logarithm ends.
_NEXT_TO_NOTHING = 0.01


def draw(proposal: Proposal, path: Path) -> None:
    """Write the picture.

    Raises:
        UsageError: the file cannot be written, or its name is no picture's.
    """
    if path.suffix.lower() != ".png":
        raise UsageError("chart", "the chart is a PNG: give it a name that ends with .png")
    figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    calls, cost = figure.subplots(2, 1, sharex=True)
    _draw_calls(calls, proposal)
    _draw_cost(cost, proposal)
    for axes in (calls, cost):
        axes.spines[["top", "right"]].set_visible(False)
        axes.axvline(max(1, proposal.plan.wished_delay_seconds), color="0.6", linestyle=":")
    cost.set_xscale("log")
    delays = [max(1, alternative.delay_seconds) for alternative in proposal.alternatives]
    cost.set_xticks(delays, [str(delay) for delay in delays])
    cost.set_xticks([], minor=True)
    cost.set_xlabel("seconds until a revocation that Cognito alone knows bites, at the latest")
    try:
        figure.savefig(path)
    except OSError as error:
        raise UsageError("chart", f"the chart cannot be written: {error.strerror}") from None


def _draw_calls(axes: Axes, proposal: Proposal) -> None:
    plan = proposal.plan
    delays = [max(1, candidate.declared_seconds) for candidate in plan.curve]
    asked = [max(_NEXT_TO_NOTHING, candidate.getuser_per_second) for candidate in plan.curve]
    axes.plot(delays, asked, "o-", color=_CALLS, markersize=3)
    quota = plan.limits.getuser_per_second
    axes.axhline(quota, color=_LIMIT, linestyle="--", linewidth=1)
    axes.annotate(
        f"the account's quota, {quota:.0f}",
        (1, quota),
        xycoords=axes.get_yaxis_transform(),
        ha="right",
        va="bottom",
        color=_LIMIT,
    )
    there = max(_NEXT_TO_NOTHING, plan.outcome.rates.getuser_asked)
    axes.plot([max(1, proposal.delay_seconds)], [there], "k*", markersize=12, label="proposed")
    axes.set_yscale("log")
    axes.set_ylabel("GetUser calls a second")
    axes.legend(frameon=False)
    load = plan.load
    axes.set_title(
        f"{load.requests_per_second:,.0f} requests a second of {load.active_sessions:,} sessions",
        loc="left",
    )


def _draw_cost(axes: Axes, proposal: Proposal) -> None:
    delays = [max(1, alternative.delay_seconds) for alternative in proposal.alternatives]
    costs = [alternative.usd_per_month for alternative in proposal.alternatives]
    axes.plot(delays, costs, "o-", color=_COST, markersize=3)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    prices = read_prices()
    axes.set_ylabel("USD a month, the quota to buy included")
    axes.annotate(
        f"list prices of {prices['as_of']}, {prices['region']}",
        (1, 1),
        xycoords="axes fraction",
        ha="right",
        va="top",
        color="0.4",
    )


def terminal_charts(proposal: Proposal, width: int) -> tuple[str, str]:
    """The same as text, without colours: calls, and cost.

    Args:
        width: of the terminal, in columns.
    """
    plan = proposal.plan
    quota = plan.limits.getuser_per_second
    calls = _text(
        f"GetUser calls a second, by delay in seconds (- the quota of {quota:.0f})",
        [candidate.declared_seconds for candidate in plan.curve],
        [max(_NEXT_TO_NOTHING, candidate.getuser_per_second) for candidate in plan.curve],
        width,
        limit=quota,
    )
    cost = _text(
        "USD a month, by delay in seconds",
        [alternative.delay_seconds for alternative in proposal.alternatives],
        [alternative.usd_per_month for alternative in proposal.alternatives],
        width,
    )
    return calls, cost


def _text(
    title: str,
    delays: Sequence[int],
    values: Sequence[float],
    width: int,
    *,
    limit: float | None = None,
) -> str:
    # Each delay at an equal distance: plotext's own logarithm leaves no room for the labels.
    places = list(range(len(delays)))
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(min(width, 100), _ROWS)
    if limit is not None:
        line = figure.signal(places, [limit] * len(places), marker="-")
        line.lines()
        figure.draw(line)
        figure.ruler("y").scale("log")
    signal = figure.signal(places, list(values), marker="hd")
    signal.lines()
    figure.draw(signal)
    figure.ruler("x").ticks(places, [str(delay) for delay in delays])
    figure.title(title)
    lines = str(plotext.uncolorize(figure.build().string())).splitlines()
    return "\n".join(line.rstrip() for line in lines)
