"""The formulas, where the answer is known otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.closed_forms import estimate, fresh_share, shared_row_reads
from simulation.load import LEVELS, Limits, Load, SessionMode, Settings

LONG_LIVED = Load(1500, 1000, 100, session_hours=1e6)


def test_without_caches_every_request_asks() -> None:
    """Whether there is a ledger or not."""
    for settings in (LEVELS["none"], Settings(verdict_ttl_seconds=0)):
        assert estimate(LONG_LIVED, Limits(), settings).getuser_per_second == pytest.approx(1500)


def test_a_busy_session_asks_once_in_each_verdicts_life() -> None:
    """With pages without a pause, a thousand sessions ask a thousand times in each TTL."""
    load = replace(LONG_LIVED, requests_per_second=1e9)
    asked = estimate(load, Limits(), Settings(verdict_ttl_seconds=50)).getuser_per_second
    assert asked == pytest.approx(1000 / 50, rel=0.001)


def test_a_quiet_session_asks_for_every_page() -> None:
    """With an hour between pages, a verdict of a second is of no use to the next one."""
    load = Load(1000 * 15 / 3600, 1000, 10, session_hours=1e6)
    asked = estimate(load, Limits(), Settings(verdict_ttl_seconds=1)).getuser_per_second
    assert asked == pytest.approx(load.pages_per_second, rel=0.01)


def test_the_quota_is_used_up_and_no_more() -> None:
    """If more is asked than is allowed, the share that is answered uses just the quota."""
    free = estimate(LONG_LIVED, Limits(), Settings())
    scarce = estimate(LONG_LIVED, Limits(getuser_per_second=10), Settings())
    assert not free.is_overloaded
    assert free.unavailable_share == 0
    assert scarce.is_overloaded
    assert scarce.getuser_per_second == free.getuser_per_second > 10
    assert 0 < scarce.unavailable_share < 1


def test_memories_in_sandboxes_are_worth_less_than_a_shared_one() -> None:
    """The more sandboxes, the more often the same question is asked."""
    alone = LEVELS["sandbox memory"]
    asked = [
        estimate(replace(LONG_LIVED, sandboxes=n), Limits(), alone).getuser_per_second
        for n in (1, 10, 100, 1000)
    ]
    shared = estimate(LONG_LIVED, Limits(), Settings()).getuser_per_second
    assert asked == sorted(asked)
    assert shared < asked[1]


def test_the_pools_row_is_read_once_by_each_sandbox_in_each_memory_ttl() -> None:
    """With requests without a pause; without a ledger never."""
    load = Load(1e9, 1000, 1000)
    assert shared_row_reads(load, Settings(), 1e9) == pytest.approx(200, rel=0.001)
    assert shared_row_reads(load, Settings(), 1000) == pytest.approx(1000 / 6)
    assert shared_row_reads(load, LEVELS["none"], 1e9) == 0


@given(st.floats(0, 1e3), st.floats(0, 3600), st.floats(0, 1))
def test_a_share_is_a_share(rate: float, ttl_seconds: float, answered: float) -> None:
    """Whatever the rates, and 0 if there is no time or no answer."""
    share = fresh_share(rate, ttl_seconds, answered)
    assert 0 <= share < 1
    assert fresh_share(rate, 0, answered) == 0


@given(st.integers(1, 3600), st.integers(1, 3600), st.integers(1, 2_000_000))
def test_a_longer_verdict_never_asks_more(one: int, other: int, sessions: int) -> None:
    """What the planner's search stands on."""
    load = Load(10_000, sessions, 1000)
    short, long = (
        estimate(load, Limits(), Settings(verdict_ttl_seconds=ttl)).getuser_per_second
        for ttl in sorted((one, other))
    )
    assert long <= short * (1 + 1e-9)


def test_only_the_hook_signs_out() -> None:
    """As often as people sign in: a million sessions of eight hours, 35 a second."""
    load = Load(10_000, 1_000_000, 1000)
    by_hook = estimate(load, Limits(), Settings())
    by_ledger = estimate(load, Limits(), Settings(session_mode=SessionMode.LEDGER))
    assert by_hook.sign_outs_per_second == pytest.approx(34.7, abs=0.1)
    assert by_ledger.sign_outs_per_second == 0
