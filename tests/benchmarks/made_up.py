"""Figures that nobody measured."""

from __future__ import annotations

from typing import Any

from benchmarks.figures import Figure, Report, read_report


def figure(name: str = "group.made_up", **changes: Any) -> Figure:
    """A figure with a peer, twice as fast."""
    members: dict[str, Any] = {
        "title": "Made up",
        "unit": "ms",
        "value": 10.0,
        "low": 9.0,
        "high": 12.0,
        "samples": 21,
        "peer": "peer",
        "peer_value": 20.0,
        "ratio": 0.5,
        "ratio_low": 0.4,
        "ratio_high": 0.6,
    }
    return Figure(name=name, **(members | changes))


def report(*figures: Figure) -> Report:
    """A report of a machine that does not exist."""
    machine = {
        "cpu": "Example CPU",
        "cores": 2,
        "os": "Example OS",
        "python": "3.11.0",
        "node": "20.0.0",
        "peers": {"boto3": "1.0"},
        "load_before": 0.1,
    }
    return Report("2026-11-20", machine, list(figures))


def whole_report() -> Report:
    """A report with every figure of the last run's, the numbers made up."""
    return report(*(figure(one.name, title=one.title) for one in read_report().figures))
