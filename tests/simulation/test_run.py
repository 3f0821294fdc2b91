"""Whole simulations: what must hold in each, and where the answer is known."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from simulation.api import Answered
from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load, SessionMode, Settings
from simulation.outcome import Outcome
from simulation.run import simulate
from tests.simulation.bench import call_each, world

LOAD = Load(60, 200, 10)
SHORT = Effort(requests=1100, least_seconds=18, watched=0)


def run(settings: Settings, load: Load = LOAD, *, seed: int = 1, effort: Effort = SHORT) -> Outcome:
    """A short one."""
    return simulate("test", load, Limits(), settings, seed=seed, effort=effort)


@pytest.mark.parametrize("ttl", [7, 15, 60])
def test_one_session_in_one_sandbox_asks_once_in_each_ttl(ttl: int) -> None:
    """Calling once a second for 60 seconds, exactly 60 / TTL times, rounded up."""
    settings = Settings(ledger=False, verdict_ttl_seconds=ttl)
    done = list[Answered]()
    with world(settings) as there:
        call_each(there, there.population.member(0), seconds=1, times=60, done=done)
    assert sum(one.found_by == "getuser" for one in done) == -(-60 // ttl)
    assert [one.status for one in done] == [200] * 60


def test_the_memory_ttl_comes_on_top() -> None:
    """A row read after 15 s with a verdict of 17 is used until 20: only then is asked again."""
    done = list[Answered]()
    with world(Settings(verdict_ttl_seconds=17)) as there:
        call_each(there, there.population.member(0), seconds=1, times=60, done=done)
    asked = [one.asked_at for one in done if one.found_by == "getuser"]
    read = [one.asked_at for one in done if one.found_by == "ledger"]
    assert asked == [0, 20, 40]
    assert read == [5, 10, 15, 25, 30, 35, 45, 50, 55]


def test_without_caches_every_call_asks() -> None:
    """And a page of fifteen is more than one user's ten a second."""
    outcome = run(LEVELS["none"])
    rates, answers = outcome.rates, outcome.answers
    assert rates.getuser_asked == rates.requests
    assert rates.getuser_throttled / rates.getuser_asked == pytest.approx(1 / 3, abs=0.05)
    assert answers.unavailable == pytest.approx(1 / 3, abs=0.05)


def test_with_the_ledger_a_page_asks_once() -> None:
    """And nobody is refused by mistake: the others wait for the first one's answer."""
    outcome = run(LEVELS["ledger"])
    assert outcome.answers.mistaken == 0
    assert outcome.rates.getuser_asked <= outcome.rates.requests / LOAD.calls_per_page
    assert outcome.rates.getuser_asked == pytest.approx(
        outcome.getuser_estimated_per_second, rel=0.2
    )


@pytest.mark.parametrize("level", LEVELS)
def test_every_request_is_answered_once_and_counted_once(level: str) -> None:
    """Shares add up to one, by status and by how the answer was found."""
    outcome = run(LEVELS[level])
    answers = outcome.answers
    assert outcome.simulated_requests > 800
    assert sum(answers.found_by.values()) == pytest.approx(1)
    assert answers.granted + answers.unavailable == pytest.approx(1)
    assert answers.wrongly_refused == 0
    by_gateway = answers.found_by.get("gateway", 0.0)
    assert outcome.rates.authorizer_calls == pytest.approx(
        outcome.rates.requests * (1 - by_gateway)
    )


def test_the_same_seed_gives_the_same_outcome() -> None:
    """To the last digit; another seed gives another one."""
    first, again, other = (run(LEVELS["ledger"], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.rates != other.rates


def test_outcomes_are_json() -> None:
    """Names, loads, ways and all."""
    document = run(LEVELS["ledger"], effort=replace(SHORT, watched=1)).to_json()
    read = json.loads(json.dumps(document))
    assert read["load"]["active_sessions"] == 200
    assert read["settings"]["session_mode"] == "hook"
    assert {delay["way"] for delay in read["delays"]} == {"cognito", "operator", "feed", "hook"}
    assert read["cost_per_million_usd"] == pytest.approx(sum(read["cost"].values()))


def test_a_load_alone_starts_as_many_sandboxes_as_it_needs() -> None:
    """Fifteen calls at once take fifteen; far fewer than there are sessions."""
    outcome = run(LEVELS["ledger"], replace(LOAD, sandboxes=0))
    assert 15 <= outcome.most_sandboxes < 60
    assert outcome.sampled_one_in == 1


def test_sign_ins_beyond_the_quota_are_refused() -> None:
    """A user a second may sign in for each of the 25; in ledger mode nobody is asked."""
    busy = Load(60, 3_600, 10, session_hours=1 / 36)
    by_hook = run(Settings(), busy)
    by_ledger = run(Settings(session_mode=SessionMode.LEDGER), busy)
    assert busy.sign_ins_per_second == pytest.approx(36)
    assert by_hook.rates.sign_outs_asked > 36
    admitted = by_hook.rates.sign_ins - by_hook.rates.sign_ins_refused
    assert admitted == pytest.approx(25, abs=3)
    assert (by_ledger.rates.sign_outs_asked, by_ledger.rates.sign_ins_refused) == (0, 0)


def test_a_cold_ledger_asks_for_every_page_first() -> None:
    """Right after it is switched on, more than when it has been on for long."""
    settled = run(LEVELS["long"])
    cold = run(LEVELS["long"], effort=replace(SHORT, begins_cold=True))
    assert cold.rates.getuser_asked > 2 * settled.rates.getuser_asked


def test_settings_that_the_authorizer_refuses_are_refused() -> None:
    """A verdict TTL of an hour and a second; a roster without a ledger."""
    with pytest.raises(ValueError, match="verdict_ttl_seconds"):
        Settings(verdict_ttl_seconds=3601)
    with pytest.raises(ValueError, match="ledger"):
        Settings(ledger=False, session_mode=SessionMode.LEDGER)
