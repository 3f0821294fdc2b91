"""Which settings a plan chooses."""

from __future__ import annotations

import json

import pytest

from simulation import Effort, Limits, Load, SessionMode, choose
from simulation.closed_forms import estimate
from simulation.cost import FREE_GETUSER_PER_SECOND

#: Enough for what is asked of an outcome here.
LITTLE = Effort(requests=600, least_seconds=10, watched=1)
SMALL = Load(100, 500, 10)
#: Its verdicts would have to live for 13 minutes.
LARGE = Load(10_000, 100_000, 100)


def test_a_small_load_gets_short_verdicts() -> None:
    """As short as the default, confirmed by a simulation that refuses nobody."""
    plan = choose(SMALL, Limits(), 60, effort=LITTLE)
    assert plan.is_possible
    assert (plan.settings.verdict_ttl_seconds, plan.settings.memory_ttl_seconds) == (15, 5)
    assert plan.quota_usd_per_month == 0
    assert plan.outcome.is_within_quota
    assert plan.outcome.rates.getuser_asked < 96
    assert plan.advice == (
        "Set verdictTtlSeconds to 15, memoryTtlSeconds to 5, gatewayTtlSeconds to 0.",
    )
    assert json.loads(json.dumps(plan.to_json()))["outcome"]["name"] == "plan"


@pytest.mark.parametrize(("wished", "verdict", "memory"), [(3, 0, 3), (5, 0, 5), (12, 7, 5)])
def test_no_wish_is_exceeded(wished: int, verdict: int, memory: int) -> None:
    """Memory and verdict together stay within the wish, however short it is."""
    settings = choose(Load(30, 500, 10), Limits(), wished, effort=LITTLE).settings
    assert (settings.verdict_ttl_seconds, settings.memory_ttl_seconds) == (verdict, memory)


def test_what_is_not_possible_is_said_with_its_price() -> None:
    """A minute for 100,000 sessions takes more quota, and that costs; or a longer delay."""
    plan = choose(LARGE, Limits(), 60, effort=LITTLE)
    assert not plan.is_possible
    assert plan.settings.verdict_ttl_seconds == 55
    needed = estimate(LARGE, Limits(), plan.settings).getuser_per_second / 0.8
    assert plan.getuser_quota_needed_per_second == pytest.approx(needed)
    assert plan.quota_usd_per_month == pytest.approx((needed - FREE_GETUSER_PER_SECOND) * 20)
    assert plan.shortest_verdict_ttl_seconds is not None
    assert 600 < plan.shortest_verdict_ttl_seconds < 900
    assert not plan.outcome.is_within_quota
    assert len(plan.advice) == 3


def test_the_shortest_verdict_is_the_shortest_within_the_headroom() -> None:
    """One second less asks for more than 80 % of the quota."""
    plan = choose(LARGE, Limits(getuser_per_second=450), 300, effort=LITTLE)
    assert plan.is_possible
    shortest = plan.settings.verdict_ttl_seconds
    asked = {c.verdict_ttl_seconds: c.getuser_per_second for c in plan.curve}
    assert 30 < shortest < 120
    assert asked[30] > 360 > asked[120]
    assert plan.outcome.is_within_quota


def test_more_sign_ins_than_the_hook_can_serve_get_another_mode() -> None:
    """And it is said why."""
    plan = choose(Load(50, 900_000, 10), Limits(), 60, effort=LITTLE)
    assert plan.settings.session_mode is SessionMode.LEDGER
    assert any("too many for the hook" in sentence for sentence in plan.advice)
    native = choose(
        Load(50, 900_000, 10), Limits(), 60, session_mode=SessionMode.NATIVE, effort=LITTLE
    )
    assert native.settings.session_mode is SessionMode.NATIVE
    assert native.outcome.rates.sign_outs_asked == 0
    assert any("Essentials or Plus" in sentence for sentence in native.advice)
    off = choose(Load(50, 900_000, 10), Limits(), 60, session_mode=SessionMode.OFF, effort=LITTLE)
    assert off.settings.session_mode is SessionMode.OFF
