"""From a revocation to the last 200."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from simulation import run
from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load, SessionMode, Settings
from simulation.outcome import Way
from simulation.revocations import declared_seconds, ways
from simulation.run import simulate
from simulation.watching import Watch, summary
from tests.simulation.bench import world

#: So long may an answer be under way that was decided in time.
BUDGET_SECONDS = 2.5


@pytest.mark.parametrize(
    ("settings", "declared"),
    [
        (LEVELS["none"], {Way.COGNITO: 0, Way.HOOK: 0}),
        (LEVELS["sandbox memory"], {Way.COGNITO: 15, Way.HOOK: 15}),
        (LEVELS["ledger"], {Way.COGNITO: 20, Way.OPERATOR: 5, Way.FEED: 20, Way.HOOK: 5}),
        (
            Settings(gateway_ttl_seconds=30, stale_grace_seconds=7, session_mode=SessionMode.OFF),
            {Way.COGNITO: 57, Way.OPERATOR: 35, Way.FEED: 57},
        ),
        (
            Settings(session_mode=SessionMode.NATIVE),
            {Way.COGNITO: 20, Way.OPERATOR: 5, Way.FEED: 20, Way.NATIVE: 20},
        ),
        (
            Settings(session_mode=SessionMode.LEDGER),
            {Way.COGNITO: 20, Way.OPERATOR: 5, Way.FEED: 20, Way.ROSTER: 5},
        ),
    ],
)
def test_each_way_has_its_declared_maximum(settings: Settings, declared: dict[Way, int]) -> None:
    """As the stack declares it, and no way that there is not."""
    assert {way: declared_seconds(way, settings) for way in ways(settings)} == declared


@hypothesis_settings(max_examples=12)
@given(
    settings=st.builds(
        Settings,
        ledger=st.just(value=True),
        verdict_ttl_seconds=st.sampled_from([0, 3, 20]),
        memory_ttl_seconds=st.sampled_from([0, 2, 5]),
        gateway_ttl_seconds=st.sampled_from([0, 0, 10]),
        session_mode=st.sampled_from(SessionMode),
    )
    | st.builds(
        Settings,
        ledger=st.just(value=False),
        verdict_ttl_seconds=st.sampled_from([0, 20]),
        gateway_ttl_seconds=st.sampled_from([0, 10]),
    ),
    sandboxes=st.sampled_from([2, 6]),
    seed=st.integers(0, 10**6),
)
def test_nobody_is_let_in_after_the_declared_maximum(
    settings: Settings, sandboxes: int, seed: int
) -> None:
    """Whatever is cached where: no request made later is answered 200."""
    outcome = simulate(
        "watched",
        Load(15, 30, sandboxes, calls_per_page=5),
        Limits(),
        settings,
        seed=seed,
        effort=Effort(requests=150, least_seconds=5, watched=3),
    )
    assert [delay.way for delay in outcome.delays] == ways(settings)
    for delay in outcome.delays:
        assert (delay.revocations, delay.late) == (3, 0)
        assert delay.p50_seconds <= delay.max_seconds
        assert delay.max_seconds <= delay.declared_seconds + BUDGET_SECONDS
    assert outcome.answers.wrongly_refused == 0


def test_a_mark_bites_long_before_the_verdict_ends() -> None:
    """With verdicts of 15 minutes, a mark within the memory TTL, and Cognito's word later."""
    outcome = simulate(
        "long",
        Load(20, 50, 4, calls_per_page=5),
        Limits(),
        LEVELS["long"],
        effort=Effort(requests=200, least_seconds=10, watched=6),
    )
    longest = {delay.way: delay.max_seconds for delay in outcome.delays}
    assert longest[Way.OPERATOR] < 5.1
    assert longest[Way.HOOK] < 5.1
    assert 800 < longest[Way.COGNITO] < 906
    assert outcome.delay(Way.ROSTER) is None


@pytest.mark.parametrize(
    ("longer", "found_in"),
    [
        ({"memory_ttl_seconds": 2}, {Way.OPERATOR, Way.HOOK}),
        ({"verdict_ttl_seconds": 4}, {Way.COGNITO}),
    ],
    ids=["memory", "verdict"],
)
@pytest.mark.parametrize("watched", [4, 40])
def test_an_overrun_is_found_in_a_large_fleet(
    longer: dict[str, int],
    found_in: set[Way],
    watched: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What remembers a little longer than is declared lets in late, and the watched notice."""

    def declared(way: Way, settings: Settings) -> int:
        shorter = {name: getattr(settings, name) - by for name, by in longer.items()}
        return declared_seconds(way, replace(settings, **shorter))

    monkeypatch.setattr(run, "declared_seconds", declared)
    outcome = simulate(
        "overrun",
        Load(1_000, 1_000, 200),
        Limits(),
        LEVELS["long"],
        effort=Effort(requests=200, least_seconds=5, watched=watched),
    )
    late = {delay.way for delay in outcome.delays if delay.late}
    assert found_in <= late


def test_the_watched_are_not_part_of_the_load() -> None:
    """Rates are the same whether or not anybody is watched."""
    load, effort = Load(30, 50, 4), Effort(requests=600, least_seconds=20, watched=0)
    alone, watched = (
        simulate("load", load, Limits(), LEVELS["ledger"], effort=replace(effort, watched=count))
        for count in (0, 3)
    )
    assert alone.rates == watched.rates
    assert alone.answers == watched.answers
    assert alone.delays == ()


@pytest.mark.parametrize("watched", [99, 100])
def test_a_99th_percentile_is_told_of_a_hundred(watched: int) -> None:
    """Of fewer it would be the longest under another name."""
    effort = Effort(requests=10, least_seconds=2, watched=0)
    outcome = simulate("quiet", Load(5, 20, 2), Limits(), LEVELS["none"], effort=effort)
    with world(LEVELS["none"]) as there:
        session = there.population.watched(age_seconds=0)
    watches = [
        Watch(Way.COGNITO, session, 200, revoked_at=0, last_let_in_at=seconds)
        for seconds in range(watched)
    ]
    delay = summary(Way.COGNITO, watches)
    assert delay.p50_seconds == 49
    assert delay.p99_seconds == (98 if watched == 100 else None)
    [written] = replace(outcome, delays=(delay,)).to_json()["delays"]
    assert ("p99_seconds" in written) is (watched == 100)
