"""What a million requests cost, by item, at the list prices of ``prices.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.load import Limits, Load
from simulation.outcome import Rates

_PRICES = Path(__file__).with_name("prices.json")
MONTH_SECONDS = 30 * 86_400
#: GetUser calls a second that every account has without paying.
FREE_GETUSER_PER_SECOND = 120


@dataclass(frozen=True, slots=True)
class Watching:
    """What is written and watched, as a deployment of defaults does it.

    ``tests/contracts/test_bill.py`` counts it again: alarms and dashboard of the stack, lines and
    metrics of an ordinary hour.
    """

    line_bytes: int = 1100
    """Of the one line for each decision, its metrics included; where Cognito was asked, 1270."""
    platform_bytes: int = 260
    """Of Lambda's own START, END and REPORT for each call."""
    metrics: int = 22
    """Custom metrics, each with its dimensions, that something is written to in every hour."""
    dashboards: int = 1
    alarm_metrics: int = 20
    """Metrics in alarms with a threshold: each is paid, and an alarm may read several."""
    anomaly_alarms: int = 1
    composite_alarms: int = 1


@dataclass(frozen=True, slots=True)
class Usage:
    """What prices apply to and rates do not tell.

    Args:
        billed_seconds: of the authorizer, for each second.
        lambda_memory_mb: as deployed.
        watching: what is logged, counted and watched.
    """

    billed_seconds: float
    lambda_memory_mb: int
    watching: Watching = Watching()


def read_prices() -> Mapping[str, Any]:
    """The price list: ``as_of``, ``region``, ``sources`` and ``usd`` by name."""
    document: Mapping[str, Any] = json.loads(_PRICES.read_text(encoding="utf-8"))
    return document


def cost_per_million(load: Load, limits: Limits, rates: Rates, usage: Usage) -> dict[str, float]:
    """USD for a million requests, by item. Bought quota, metrics, alarms and dashboard are paid by
    the month, and so spread over the requests of a month at this load.
    """
    usd: Mapping[str, float] = read_prices()["usd"]
    per_second = load.requests_per_second
    months = 1e6 / (per_second * MONTH_SECONDS)
    gb_seconds = usage.billed_seconds * usage.lambda_memory_mb / 1024
    watching = usage.watching
    call_bytes = watching.line_bytes + watching.platform_bytes
    alarms = (
        usd["alarm_metric_month"] * watching.alarm_metrics
        + usd["anomaly_alarm_month"] * watching.anomaly_alarms
        + usd["composite_alarm_month"] * watching.composite_alarms
    )
    bought = max(0.0, limits.getuser_per_second - FREE_GETUSER_PER_SECOND)

    def each(rate: float, million_usd: float) -> float:
        return rate / per_second * million_usd

    return {
        "API Gateway": usd["api_gateway_million_requests"],
        "Lambda requests": each(rates.authorizer_calls, usd["lambda_million_requests"]),
        "Lambda duration": each(gb_seconds, usd["lambda_gb_second"] * 1e6),
        "ledger reads": each(rates.ledger_read_units, usd["dynamodb_million_read_units"]),
        "ledger writes": each(rates.ledger_write_units, usd["dynamodb_million_write_units"]),
        "logs": each(rates.authorizer_calls, usd["logs_gb"] * call_bytes / 1000),
        "metrics": usd["metric_month"] * watching.metrics * months,
        "alarms": alarms * months,
        "dashboard": usd["dashboard_month"] * watching.dashboards * months,
        "GetUser": each(rates.getuser_asked, usd["getuser_million"]),
        "CloudTrail": each(rates.getuser_asked, usd["cloudtrail_million_management_events"]),
        "GetUser quota": usd["cognito_quota_rps_month"] * bought * months,
    }
