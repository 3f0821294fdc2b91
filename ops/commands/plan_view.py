"""What a plan looks like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ops.plan.context import context_of
from ops.plan.planning import Proposal
from ops.plan.quotas import Quota
from ops.tables import UncutTable
from simulation.cost import read_prices


def plan_data(
    proposal: Proposal, quotas: tuple[Quota, ...], mean: float, chart: Path | None
) -> dict[str, Any]:
    """For scripts."""
    made, prices = proposal.plan, read_prices()
    return {
        "is_possible": made.is_possible,
        "advice": list(made.advice),
        "context": context_of(made),
        "delay_seconds": {"wished": made.wished_delay_seconds, "declared": proposal.delay_seconds},
        "quotas": [
            {
                "category": quota.category.value,
                "per_second": quota.per_second,
                "source": quota.source.value,
                "asked_per_second": asked,
            }
            for quota, asked in zip(quotas, _asked(proposal), strict=True)
        ],
        "quota_to_buy": {
            "getuser_per_second": made.getuser_quota_needed_per_second,
            "usd_per_month": made.quota_usd_per_month,
        },
        "refused_by_mistake": made.outcome.answers.mistaken,
        "cost": {
            "as_of": prices["as_of"],
            "region": prices["region"],
            "mean_requests_per_second": mean,
            "usd_per_month": dict(proposal.usd_per_month),
            "total_usd_per_month": sum(proposal.usd_per_month.values()),
        },
        "alternatives": [
            {
                "delay_seconds": each.delay_seconds,
                "verdict_ttl_seconds": each.verdict_ttl_seconds,
                "getuser_per_second": each.getuser_per_second,
                "quota_per_second": each.quota_per_second,
                "usd_per_month": each.usd_per_month,
            }
            for each in proposal.alternatives
        ],
        "chart": None if chart is None else str(chart),
        "simulation": made.outcome.to_json(),
    }


def _asked(proposal: Proposal) -> tuple[float, float]:
    rates = proposal.plan.outcome.rates
    return rates.getuser_asked, rates.sign_outs_asked


def plan_view(proposal: Proposal, quotas: tuple[Quota, ...]) -> list[Any]:
    """For people, without the charts."""
    return [
        *proposal.plan.advice,
        "In cdk.json:",
        json.dumps({"context": context_of(proposal.plan)}, indent=2),
        _quota_table(proposal, quotas),
        _cost_table(proposal),
        _alternatives_table(proposal),
    ]


def _quota_table(proposal: Proposal, quotas: tuple[Quota, ...]) -> UncutTable:
    table = UncutTable("category", "asked a second", "quota", "of it", "who says so")
    table.title = "Cognito's quotas, at the peak"
    for quota, asked in zip(quotas, _asked(proposal), strict=True):
        table.add_row(
            quota.category,
            f"{asked:.1f}",
            f"{quota.per_second:.0f}",
            f"{asked / quota.per_second:.0%}",
            quota.source,
        )
    return table


def _cost_table(proposal: Proposal) -> UncutTable:
    prices = read_prices()
    table = UncutTable("item", "USD a month")
    table.title = f"Cost at list prices of {prices['as_of']}, {prices['region']}"
    table.columns[1].justify = "right"
    for item, usd in proposal.usd_per_month.items():
        table.add_row(item, f"{usd:,.2f}")
    table.add_section()
    table.add_row("together", f"{sum(proposal.usd_per_month.values()):,.2f}")
    return table


def _alternatives_table(proposal: Proposal) -> UncutTable:
    table = UncutTable(
        "delay, s", "verdict TTL", "GetUser a second", "quota it takes", "USD a month"
    )
    table.title = "Other delays"
    for each in proposal.alternatives:
        table.add_row(
            str(each.delay_seconds),
            str(each.verdict_ttl_seconds),
            f"{each.getuser_per_second:.1f}",
            f"{each.quota_per_second:.0f}",
            f"{each.usd_per_month:,.0f}",
        )
    return table
