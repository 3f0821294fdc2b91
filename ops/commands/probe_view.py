"""What a probe has found, as a table to share and as data."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ops.probe.asking import percentile
from ops.probe.gateway import CALLS, CacheResult
from ops.probe.measuring import Report
from ops.probe.revocations import WayResult
from ops.probe.sign_ins import FlowResult
from ops.run import Run
from ops.tables import UncutTable


def probe_data(run: Run, report: Report) -> dict[str, Any]:
    """For scripts."""
    return {
        "name": report.name,
        "region": run.aws.region,
        "flows": [_flow_data(flow) for flow in report.flows],
        "revocations": [_way_data(way) for way in report.ways],
        "texts": dict(report.texts),
        "getuser_ms": _spread(report.latencies_ms) | {"no_answers": dict(report.no_answers)},
        "events": None
        if report.events is None
        else _spread(report.events.seconds)
        | {"expected": report.events.expected, "members": report.events.members},
        "gateway": None if report.cache is None else _cache_data(report.cache),
        "unmeasured": [{"what": what, "why": why} for what, why in report.unmeasured],
        "left": list(report.left),
    }


def _flow_data(flow: FlowResult) -> dict[str, Any]:
    return {
        "flow": flow.flow.value,
        "signed_out_by_the_trigger": flow.signs_out,
        "tries": flow.tries,
        "killed": flow.killed,
        "failed": dict(flow.failed),
        "unanswered": dict(flow.unanswered),
        "refused_at_once": dict(flow.refused_at_once),
        "refused_later": dict(flow.refused_later),
        "trigger_sources": dict(flow.sources),
        "origin_jti": {"same": flow.same_session, "other": flow.other_session},
    }


def _way_data(way: WayResult) -> dict[str, Any]:
    return {
        "way": way.way.value,
        "seconds": _spread(way.seconds),
        "never": way.never,
        "came_back": way.came_back,
        "texts": dict(way.texts),
    }


def _cache_data(cache: CacheResult) -> dict[str, Any]:
    return {
        kind.value: {
            "calls": CALLS,
            "asked": asked,
            "is_repeated": asked < CALLS,
            "statuses": {str(status): count for status, count in cache.statuses[kind].items()},
        }
        for kind, asked in cache.asked.items()
    }


def _spread(values: list[float]) -> dict[str, Any]:
    return {
        "count": len(values),
        "p50": percentile(values, 50),
        "p99": percentile(values, 99),
        "max": max(values, default=None),
    }


def probe_view(report: Report) -> list[UncutTable]:
    """For people."""
    gateway = [] if report.cache is None else [_cache(report.cache)]
    return [_flows(report), _ways(report), _texts(report), *gateway, _times(report)]


def _flows(report: Report) -> UncutTable:
    table = UncutTable("flow", "trigger", "tries", "killed", "how", "its source", "origin_jti kept")
    table.title = "Does a sign-out inside the trigger end the session that is being made?"
    for flow in report.flows:
        how = flow.failed + flow.refused_at_once + flow.refused_later + flow.unanswered
        refreshes = flow.same_session + flow.other_session
        table.add_row(
            flow.flow,
            "signs out" if flow.signs_out else "looks on",
            str(flow.tries),
            str(flow.killed),
            _listed(how),
            ", ".join(flow.sources),
            f"{flow.same_session} of {refreshes}" if refreshes else "",
        )
    return table


def _ways(report: Report) -> UncutTable:
    table = UncutTable(
        "revoked by", "sessions", "p50", "p99", "longest", "never", "came back", "text"
    )
    table.title = "Seconds from a revocation to GetUser's refusal"
    for way in report.ways:
        spread = _spread(way.seconds)
        table.add_row(
            way.way,
            str(spread["count"]),
            *(_number(spread[name]) for name in ("p50", "p99", "max")),
            str(way.never),
            str(way.came_back),
            _listed(way.texts),
        )
    return table


def _texts(report: Report) -> UncutTable:
    table = UncutTable("token", "GetUser says", title="Exact texts")
    for case, text in report.texts.items():
        table.add_row(case, text)
    return table


def _cache(cache: CacheResult) -> UncutTable:
    table = UncutTable("the authorizer's answer", "status", "calls", "asked", "from the cache")
    table.title = "Which answers does API Gateway repeat?"
    for kind, asked in cache.asked.items():
        statuses = ", ".join(map(str, cache.statuses[kind]))
        repeated = "yes" if asked < CALLS else "no"
        table.add_row(kind, statuses, str(CALLS), str(asked), repeated)
    return table


def _times(report: Report) -> UncutTable:
    table = UncutTable("", "count", "p50", "p99", "longest", title="Times")
    rows = {"GetUser, ms": report.latencies_ms}
    if report.events is not None:
        rows["from a call to EventBridge's event, s"] = report.events.seconds
    for name, values in rows.items():
        spread = _spread(values)
        table.add_row(
            name, str(spread["count"]), *(_number(spread[n]) for n in ("p50", "p99", "max"))
        )
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _listed(counts: Counter[str]) -> str:
    return "; ".join(f"{count} x {text}" for text, count in counts.most_common())
