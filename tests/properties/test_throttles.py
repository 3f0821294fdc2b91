"""Sandboxes that are throttled, in every order of their steps: quota is spared, no mark is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from authorizer.revocation.verdict import Outcome
from ledger.writer import LEASE_MS
from tests.properties.test_verdict_races import TOKEN, WAYS, Race
from tests.unit.ledger.bench import THROTTLED, Box


def throttle_first(race: Race, questions: int) -> None:
    """Have Cognito refuse so many questions for want of quota, and answer those after."""
    step = race.issuer.before

    def before() -> None:
        step()
        race.issuer.failure = THROTTLED if race.issuer.asked < questions else None

    race.issuer.before = before


@hypothesis_settings(max_examples=200)
@given(st.integers(2, 6), st.integers(1, 3), st.lists(st.integers(0, 5), max_size=60))
def test_a_throttled_question_is_not_put_again(
    boxes: int, questions: int, schedule: list[int]
) -> None:
    """In whatever order sandboxes go on, none asks again in the second of a throttle."""
    race = Race("feed")
    throttle_first(race, questions)
    found: list[Outcome] = []

    def call(box: Box) -> None:
        found.extend(box.find(TOKEN).verdict.outcome for _ in range(2))

    race.turns.run([partial(call, race.box()) for _ in range(boxes)], schedule)
    # Waiting moves the clock; a schedule that lets a lease lapse lets another ask.
    if sum(race.pauses) < LEASE_MS / 1000:
        assert race.issuer.asked == 1
        assert set(found) == {Outcome.UNAVAILABLE}
    assert len(found) == 2 * boxes


@hypothesis_settings(max_examples=250)
@given(
    st.sampled_from(WAYS),
    st.integers(1, 3),
    st.lists(st.integers(0, 2), max_size=30),
    st.tuples(st.floats(-4, 4), st.floats(-4, 4)),
)
def test_a_throttle_brings_nobody_back(
    way: str, questions: int, schedule: list[int], ahead: tuple[float, float]
) -> None:
    """Telling of a throttle and revoking come in any order, by clocks apart: it is over."""
    race = Race(way)
    throttle_first(race, questions)
    race.boxes = [race.box(ahead_seconds=seconds) for seconds in ahead]
    works: list[Callable[[], object]] = [race.revoke]
    works += [partial(box.find, TOKEN) for box in race.boxes]
    race.turns.run(works, schedule)
    # Long enough for memories and throttles to be over.
    race.clock.advance(5 + sum(map(abs, ahead)) + 1)
    race.issuer.before = lambda: None
    race.issuer.failure = None
    for box in (*race.boxes, race.box(), *race.boxes):
        assert box.find(TOKEN).verdict.outcome is Outcome.REJECTED, "a revoked session came back"
