"""From a revocation to the last 200 while a load runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation import under_load
from simulation.cognito import Cognito
from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load, SessionMode, Settings
from simulation.outcome import DelayUnderLoad, Outcome, Way
from simulation.revocations import Revoker, declared_seconds
from simulation.run import simulate
from simulation.sessions import Session
from simulation.suspension import call_after
from simulation.under_load import MOST_SHARE, watched_ways
from tests.simulation.bench import world
from tests.simulation.test_quotas import Now

#: Ten thousand requests a second on three hundred sandboxes, and hardly anything of it measured.
LOAD = Load(10_000, 10_000, 300)
WATCHED = 3
EFFORT = Effort(requests=10, least_seconds=1, watched=0, watched_under_load=WATCHED)


def watch(settings: Settings, limits: Limits | None = None, *, effort: Effort = EFFORT) -> Outcome:
    """Three sessions of each way."""
    return simulate("loaded", LOAD, limits or Limits(), settings, effort=effort)


def by_way(outcome: Outcome) -> dict[Way, DelayUnderLoad]:
    """What was found, by name."""
    return {delay.way: delay for delay in outcome.delays_under_load}


@pytest.mark.parametrize(
    ("settings", "ways"),
    [
        (LEVELS["none"], [Way.COGNITO, Way.HOOK]),
        (LEVELS["ledger"], [Way.COGNITO, Way.OPERATOR, Way.HOOK]),
        (LEVELS["busy"], [Way.COGNITO, Way.OPERATOR, Way.HOOK]),
        (replace(LEVELS["busy"], verdict_ttl_seconds=56), [Way.OPERATOR, Way.HOOK]),
        (LEVELS["gateway"], []),
    ],
    ids=["none", "ledger", "just short enough", "too long", "gateway"],
)
def test_ways_with_a_short_maximum_are_watched(settings: Settings, ways: list[Way]) -> None:
    """Up to a minute; never the feed's, whose marks come later than that."""
    assert watched_ways(settings) == ways


@pytest.mark.parametrize(
    "settings",
    [LEVELS["long"], replace(LEVELS["long"], session_mode=SessionMode.LEDGER)],
    ids=["hook", "roster"],
)
def test_nobody_is_let_in_late_under_load(settings: Settings) -> None:
    """The declared maximum holds, and the watched are few against the load."""
    outcome = watch(settings)
    assert [*by_way(outcome)] == watched_ways(settings)
    assert 0 < outcome.watched_share <= MOST_SHARE
    for delay in outcome.delays_under_load:
        assert (delay.revocations, delay.given_up) == (WATCHED, 0)
        assert (delay.late, delay.by_outage_rule, delay.unavailable) == (0, 0, 0)
        assert 1 < delay.max_seconds < delay.declared_seconds + 0.1


@pytest.mark.parametrize(
    ("settings", "longer", "found_in"),
    [
        (LEVELS["long"], {"memory_ttl_seconds": 2}, {Way.OPERATOR, Way.HOOK}),
        (
            Settings(verdict_ttl_seconds=6, memory_ttl_seconds=1, session_mode=SessionMode.OFF),
            {"verdict_ttl_seconds": 3},
            {Way.COGNITO},
        ),
    ],
    ids=["memory", "verdict"],
)
def test_an_overrun_is_found_under_load(
    settings: Settings,
    longer: dict[str, int],
    found_in: set[Way],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows remembered two seconds too long, verdicts three: both let in late, in a large fleet."""

    def declared(way: Way, settings: Settings) -> int:
        shorter = {name: getattr(settings, name) - by for name, by in longer.items()}
        return declared_seconds(way, replace(settings, **shorter))

    monkeypatch.setattr(under_load, "declared_seconds", declared)
    found = by_way(watch(settings))
    assert found_in == {way for way, delay in found.items() if delay.late}


def test_a_mark_that_is_read_late_is_found_under_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that can be read two seconds after it was said to be written; the hook's is in time."""
    write = Revoker._end_session

    def later(self: Revoker, session: Session) -> None:
        call_after(self._time.env, 2.0, lambda: write(self, session))

    monkeypatch.setattr(Revoker, "_end_session", later)
    found = by_way(watch(LEVELS["long"]))
    assert found[Way.OPERATOR].late > 0
    assert found[Way.HOOK].late == 0


def test_what_the_ledgers_outage_rule_lets_in_is_counted_apart() -> None:
    """A table that throttles: marks go unread, and neither hide in the delays nor vanish."""
    outcome = watch(LEVELS["long"], Limits(partitions=1, getuser_per_second=100_000))
    operator = by_way(outcome)[Way.OPERATOR]
    assert operator.by_outage_rule >= operator.late_by_outage_rule > 0
    assert operator.late == 0
    assert operator.max_seconds < 5.1


def test_a_spent_quota_keeps_out_and_is_counted() -> None:
    """Who is never let in is not revoked; what was answered 503 is told."""
    found = by_way(watch(LEVELS["none"], Limits(getuser_per_second=2)))
    for delay in found.values():
        assert delay.revocations + delay.given_up == WATCHED
        assert 0.9 * delay.requests < delay.unavailable <= delay.requests
    assert any(delay.given_up for delay in found.values())


def test_what_is_watched_under_load_leaves_the_rest_as_it_was() -> None:
    """Rates, answers, costs and the idle fleet's delays are those of before, to the last digit."""
    alone, loaded = (
        watch(LEVELS["ledger"], effort=replace(EFFORT, watched=1, watched_under_load=count))
        for count in (0, 1)
    )
    assert (alone.delays_under_load, alone.watched_share) == ((), 0)
    assert len(loaded.delays_under_load) == 3
    assert replace(loaded, delays_under_load=(), watched_share=0.0) == alone


def test_the_watched_take_their_own_part_of_a_quota() -> None:
    """Of a sample of one in ten a tenth of a call, and nothing when not even one is left."""
    with world(LEVELS["none"]) as there:
        watched, other = (there.population.watched(age_seconds=0) for _ in range(2))
    cognito = Cognito(
        Limits(),
        sampled_one_in=10,
        is_overloaded=False,
        has_too_many_sign_ins=False,
        now=Now(),
        clock=there.time.clock,
    )
    answered = [cognito.getuser(watched.text).status for _ in range(10)]
    assert answered == [200] * 10
    assert cognito.reads.take(119)
    assert not cognito.reads.take(0.1)
    assert cognito.getuser(other.text).status == 400
    done = [cognito.sign_out(watched.subject, [watched.name]) for _ in range(10)]
    assert done == [True] * 10
    assert cognito.updates.take(24)
    assert not cognito.updates.has(0.1)
