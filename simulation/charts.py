"""Draws what was simulated, as SVG files that look the same for the same outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from simulation.closed_forms import estimate
from simulation.load import LEVELS, Limits, Settings
from simulation.outcome import Outcome
from simulation.planner import CURVE_TTLS
from simulation.scenarios import GRID_LEVELS, SANDBOXES, SESSIONS, TARGET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#8c8c8c", "#d98032", "#2f6fb2", "#1d9a6c", "#8a4fa8")
_MUTED = "#b0413e"


def draw(outcomes: Sequence[Outcome], folder: Path) -> list[Path]:
    """Draw every chart that these outcomes have something for; ``folder`` is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    grid = {outcome.name: outcome for outcome in outcomes}
    charts: dict[str, Callable[[Axes], None]] = {
        "getuser": lambda axes: _bars(
            axes, grid, lambda o: o.rates.getuser_asked, "GetUser calls a second", quota=120
        ),
        "refused-by-mistake": lambda axes: _bars(
            axes, grid, lambda o: 100 * o.answers.mistaken, "refused by mistake, % of requests"
        ),
        "sign-outs": lambda axes: _sign_outs(axes, outcomes),
        "delay": lambda axes: _delays(axes, outcomes),
        "cost": lambda axes: _cost(axes, grid),
        "trade-off": lambda axes: _trade_off(axes, outcomes),
    }
    paths = []
    for name, draw_on in charts.items():
        # A fixed salt makes the ids within the file the same every time.
        with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.size": 9}):
            figure = Figure(figsize=(9, 4.8), layout="constrained")
            FigureCanvasSVG(figure)
            axes = figure.add_subplot()
            axes.spines[["top", "right"]].set_visible(False)
            draw_on(axes)
            path = folder / f"fleet-{name}.svg"
            figure.savefig(path, metadata={"Date": None})
        paths.append(path)
    return paths


def _bars(
    axes: Axes,
    grid: dict[str, Outcome],
    value: Callable[[Outcome], float],
    label: str,
    *,
    quota: float | None = None,
) -> None:
    """One group for each load, one bar for each caching level."""
    groups = [(rate, sessions) for rate in SANDBOXES for sessions in SESSIONS]
    width = 0.8 / len(GRID_LEVELS)
    for number, (level, colour) in enumerate(zip(GRID_LEVELS, _COLOURS, strict=True)):
        heights = []
        for rate, sessions in groups:
            outcome = grid.get(f"{level}, {rate}/s, {sessions} sessions")
            heights.append(0.0 if outcome is None else value(outcome))
        places = [place + (number - 2) * width for place in range(len(groups))]
        axes.bar(places, heights, width, label=level, color=colour)
    if quota is not None:
        axes.axhline(quota, color=_MUTED, linewidth=1, linestyle="--")
        axes.annotate(f"quota {quota:.0f}", (-0.5, quota * 1.1), color=_MUTED)
        axes.set_yscale("log")
    axes.set_xticks(range(len(groups)), [f"{r:,}/s\n{s:,}" for r, s in groups])
    axes.set_xlabel("requests a second, and active sessions")
    axes.set_ylabel(label)
    axes.legend(frameon=False, ncols=len(GRID_LEVELS))


def _sign_outs(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    """What sign-ins ask of the hook, and what the quota refuses."""
    chosen = sorted(
        (o for o in outcomes if o.name.startswith("ledger, ")),
        key=lambda o: (o.load.active_sessions, o.load.requests_per_second),
    )
    if not chosen:
        return
    names = [f"{o.load.active_sessions:,}\n{o.load.requests_per_second:,.0f}/s" for o in chosen]
    places = range(len(chosen))
    axes.bar(places, [o.rates.sign_outs_asked for o in chosen], color=_COLOURS[2], label="asked")
    refused = [o.rates.sign_ins_refused for o in chosen]
    axes.bar(places, refused, 0.4, color=_MUTED, label="sign-ins refused")
    axes.axhline(25, color=_MUTED, linewidth=1, linestyle="--")
    axes.annotate("quota 25, not for sale", (-0.4, 26), color=_MUTED)
    axes.set_xticks(places, names)
    axes.set_xlabel("active sessions, each of 8 hours, and requests a second")
    axes.set_ylabel("sign-outs a second (session mode hook)")
    axes.legend(frameon=False)


def _delays(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    """From revocation to the last 200, beside the declared maximum."""
    target = next((o for o in outcomes if o.name == "target"), None)
    wanted = [f"{level}, 1000/s, 1000 sessions" for level in GRID_LEVELS]
    shown = [o for o in outcomes if o.name in wanted] + ([target] if target else [])
    labels, place = [], 0
    for outcome in shown:
        for delay in outcome.delays:
            axes.plot(
                [place - 0.35, place + 0.35], [max(0.01, delay.declared_seconds)] * 2, color="k"
            )
            times = (delay.p50_seconds, delay.p99_seconds, delay.max_seconds)
            for seconds, mark, colour in zip(times, "ox^", _COLOURS[1:], strict=False):
                if seconds is not None:
                    axes.plot(place, max(0.01, seconds), mark, color=colour)
            labels.append(f"{outcome.name.split(',')[0]}: {delay.way.value}")
            place += 1
    handles = [
        axes.plot([], [], mark, color=colour)[0]
        for mark, colour in zip("_ox^", ("k", *_COLOURS[1:]), strict=False)
    ]
    axes.legend(
        handles, ["declared maximum", "p50", "p99 (of 100 or more)", "longest"], frameon=False
    )
    axes.set_yscale("log")
    axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right")
    axes.set_ylabel("seconds from revocation to the last 200")


def _cost(axes: Axes, grid: dict[str, Outcome]) -> None:
    """By item, at the largest load of the grid with 1,000 sessions and with 100,000."""
    chosen = [
        grid[name]
        for rate in (1_000, 10_000)
        for level in GRID_LEVELS
        if (name := f"{level}, {rate}/s, 100000 sessions") in grid
    ]
    if not chosen:
        return
    base = [0.0] * len(chosen)
    items = [
        item for item in (chosen[0].cost if chosen else ()) if any(o.cost[item] for o in chosen)
    ]
    for number, item in enumerate(items):
        heights = [o.cost[item] for o in chosen]
        shade = str(0.25 + 0.6 * number / max(1, len(items)))
        colour = _COLOURS[number] if number < len(_COLOURS) else shade
        axes.bar(range(len(chosen)), heights, bottom=base, label=item, color=colour)
        base = [below + height for below, height in zip(base, heights, strict=True)]
    names = [f"{_level(o)}\n{o.load.requests_per_second:,.0f}/s" for o in chosen]
    axes.set_xticks(range(len(chosen)), names)
    axes.set_ylabel("USD for a million requests (100,000 sessions)")
    axes.legend(frameon=False, bbox_to_anchor=(1, 1))


def _trade_off(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    """GetUser calls against the verdict TTL at 10,000 requests a second: formulas, and dots."""
    for sessions, colour in zip((1_000, 10_000, 100_000, 1_000_000), _COLOURS, strict=False):
        asked = [_asked(ttl, sessions) for ttl in CURVE_TTLS[1:]]
        axes.plot(CURVE_TTLS[1:], asked, color=colour, label=f"{sessions:,} sessions")
    dots = [
        o
        for o in outcomes
        if o.load.requests_per_second == TARGET.requests_per_second
        and o.settings.ledger
        and o.settings.gateway_ttl_seconds == 0
        and o.rates.getuser_throttled == 0
    ]
    axes.plot(
        [o.settings.verdict_ttl_seconds for o in dots],
        [o.rates.getuser_asked for o in dots],
        "ko",
        markersize=4,
        label="simulated",
    )
    axes.axhline(120, color=_MUTED, linewidth=1, linestyle="--")
    axes.annotate("quota 120", (5, 126), color=_MUTED)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("verdict TTL, seconds (what Cognito alone knows bites so late)")
    axes.set_ylabel("GetUser calls a second, at 10,000 requests a second")
    axes.legend(frameon=False)


def _asked(ttl_seconds: int, sessions: int) -> float:
    settings: Settings = replace(LEVELS["ledger"], verdict_ttl_seconds=ttl_seconds)
    load = replace(TARGET, active_sessions=sessions)
    return estimate(load, Limits(), settings).getuser_per_second


def _level(outcome: Outcome) -> str:
    """In as many lines as it has words."""
    return outcome.name.split(",")[0].replace(" ", "\n")
