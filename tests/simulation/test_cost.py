"""Prices and what they are multiplied by."""

from __future__ import annotations

from datetime import date

import pytest

from simulation.cost import MONTH_SECONDS, Usage, Watching, cost_per_million, read_prices
from simulation.load import Limits, Load
from simulation.outcome import Rates

RATES = Rates(
    requests=100,
    authorizer_calls=50,
    getuser_asked=10,
    getuser_throttled=0,
    sign_ins=0,
    sign_outs_asked=0,
    sign_ins_refused=0,
    ledger_read_units=400,
    ledger_write_units=20,
    ledger_failed_conditions=0,
    ledger_throttled=0,
    hottest_row_read_units=0,
    key_set_fetches=0,
    cold_starts=0,
)
LOAD = Load(100, 1000, 10)
WATCHING = Watching(
    line_bytes=1000,
    platform_bytes=200,
    metrics=40,
    dashboards=2,
    alarm_metrics=10,
    anomaly_alarms=3,
    composite_alarms=1,
)
USAGE = Usage(billed_seconds=0.5, lambda_memory_mb=512, watching=WATCHING)


def test_each_item_is_its_rate_times_its_price() -> None:
    """By hand: half of the requests reach the authorizer, four read units and so on for each."""
    cost = cost_per_million(LOAD, Limits(), RATES, USAGE)
    assert cost == pytest.approx(
        {
            "API Gateway": 3.5,
            "Lambda requests": 0.1,
            "Lambda duration": 0.005 * 0.5 * 13.3334,
            "ledger reads": 4 * 0.125,
            "ledger writes": 0.2 * 0.625,
            "logs": 0.25 * 1.2,
            "metrics": 12 / 259.2,
            "alarms": (1 + 3 * 0.3 + 0.5) / 259.2,
            "dashboard": 6 / 259.2,
            "GetUser": 0.0,
            "CloudTrail": 0.0,
            "GetUser quota": 0.0,
        }
    )


def test_quota_beyond_the_free_one_is_paid_by_the_month() -> None:
    """121 a second cost one unit, 20 USD, in a month of this load; 120 cost nothing."""
    millions = LOAD.requests_per_second * MONTH_SECONDS / 1e6
    costs = [
        cost_per_million(LOAD, Limits(getuser_per_second=quota), RATES, USAGE)["GetUser quota"]
        for quota in (100, 120, 121)
    ]
    assert costs == pytest.approx([0, 0, 20 / millions])


def test_watching_costs_the_same_whatever_the_load() -> None:
    """What is paid by the month is tenfold where it is spread over a tenth of the requests."""
    busy = cost_per_million(LOAD, Limits(), RATES, USAGE)
    quiet = cost_per_million(Load(10, 1000, 10), Limits(), RATES, USAGE)
    for item in ("metrics", "alarms", "dashboard"):
        assert quiet[item] == pytest.approx(10 * busy[item])


def test_prices_say_when_and_where_they_hold() -> None:
    """The list has a date, a Region, and a source for what it prices."""
    prices = read_prices()
    assert date.fromisoformat(prices["as_of"]) >= date(2026, 11, 1)
    assert prices["region"] == "us-east-1"
    assert all(
        source.startswith("https://aws.amazon.com/") for source in prices["sources"].values()
    )
    assert all(price >= 0 for price in prices["usd"].values())
