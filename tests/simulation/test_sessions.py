"""Who is how active, and with which tokens."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from simulation.load import Load
from simulation.sessions import Population, weight
from simulation.world import BEGIN
from tests.simulation.test_quotas import Now


def population(sessions: int, sampled_one_in: int, now: Now | None = None) -> Population:
    """Of sessions that load ten pages a second together."""
    clock = now or Now()
    load = Load(150, sessions, 10)
    return Population(load, sampled_one_in, Random(1), lambda: BEGIN + clock())


@pytest.mark.parametrize("sessions", [1000, 1_000_000])
def test_the_busiest_are_twelve_times_as_busy_as_the_mean(sessions: int) -> None:
    """However many there are, and the quietest a quarter."""
    weights = [weight(rank, sessions) for rank in range(sessions)]
    mean = sum(weights) / sessions
    assert weights[0] / mean == pytest.approx(12.7, abs=0.7)
    assert weights[-1] / mean == pytest.approx(0.25, abs=0.01)


def test_a_sample_has_the_shape_of_the_whole() -> None:
    """The busiest tenth of the sessions loads the same share of the pages in both."""
    shares = []
    for step in (1, 10):
        there = population(1000, step)
        rates = [there.member(place).pages_per_second for place in range(len(there))]
        assert sum(rates) == pytest.approx(there.pages_per_second)
        shares.append(sum(rates[: len(rates) // 10]) / sum(rates))
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


def test_pages_are_loaded_as_activity_says() -> None:
    """The busiest session is met as often as its rate demands."""
    there = population(50, 1)
    met = Counter(there.who_loads_a_page().name for _ in range(20_000))
    busiest = there.member(0)
    expected = 20_000 * busiest.pages_per_second / there.pages_per_second
    assert met[busiest.name] == pytest.approx(expected, rel=0.1)


def test_a_token_is_refreshed_before_it_ends() -> None:
    """A minute before, under the same session and sign-in; sooner it stays."""
    now = Now()
    there = population(10, 1, now)
    session = there.watched(age_seconds=0)
    first = there.refreshed(session)
    now.seconds = there.load.token_life_seconds - 61
    assert there.refreshed(session) is first
    now.seconds += 1
    second = there.refreshed(session)
    assert second.expires_at == first.expires_at + there.load.token_life_seconds - 60
    assert (second.session_id, second.authenticated_at) == (
        first.session_id,
        first.authenticated_at,
    )
    assert second.token_id != first.token_id


def test_a_sign_in_replaces_the_users_session() -> None:
    """The same user, another session, and the old one has ended."""
    there = population(10, 1)
    old = there.member(3)
    new = there.replace(3)
    assert (new.subject, there.member(3)) == (old.subject, new)
    assert new.name != old.name
    assert (old.is_ended, new.is_ended) == (True, False)


def test_sessions_of_before_are_prepared_once() -> None:
    """New ones are not: nothing is known of them."""
    prepared = list[str]()
    there = population(10, 1)
    there.prepare = lambda session: prepared.append(session.name)
    first = there.member(1)
    there.member(1)
    there.replace(1)
    there.watched(age_seconds=0)
    assert prepared == [first.name]
