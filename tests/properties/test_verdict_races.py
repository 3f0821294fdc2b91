"""A revocation against verdicts under way, in every order of their steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.judgement import MarkReason
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import REVOKED, SUBJECT, Bench, Box, names, token
from tests.unit.ledger.interleaving import Interleaver

TOKEN = token()
MEMORY_TTL_SECONDS = 5


class Race(Bench):
    """Sandboxes and a revocation, each of whose steps can come between the others'."""

    def __init__(self, way: str) -> None:
        super().__init__(VERDICT_TTL_SECONDS="3600", OUTAGE_RULE="refuse")
        self.way = way
        self.turns = Interleaver()
        self.table.before = self.turns.step
        self.issuer.before = self.turns.step
        self.meanwhile = self.turns.step
        self.boxes = [self.box(), self.box()]

    def revoke(self) -> None:
        """End the session in one way: at Cognito first, where it is Cognito that ends it."""
        step, deadline = self.turns.step, self.deadline
        if self.way in {"hook", "feed"}:
            step()
            self.issuer.ended["session-1"] = REVOKED
            step()
        if self.way == "session mark":
            reason = MarkReason.SESSION_REVOKED
            self.writer.end_session(names(TOKEN).session, reason, now=NOW, deadline=deadline)
        elif self.way == "user mark":
            self.writer.end_user_before(ISSUER, SUBJECT, NOW + 1, deadline)
        elif self.way == "hook":
            # The token was issued within the margin: only the new generation concerns it.
            reason = MarkReason.SIGNED_IN_ELSEWHERE
            self.writer.end_tokens_issued_before(ISSUER, SUBJECT, NOW - 15, reason, deadline)
        else:
            self.writer.void_verdicts(ISSUER, SUBJECT, deadline)

    def run(self, boxes: Sequence[Box], schedule: Sequence[int]) -> None:
        """One decision of each sandbox against the revocation; then see that it is over."""
        works: list[Callable[[], object]] = [self.revoke]
        works += [partial(box.find, TOKEN) for box in boxes]
        self.turns.run(works, schedule)
        self.clock.advance(MEMORY_TTL_SECONDS)
        fresh = self.box()
        for box in (*self.boxes, fresh, *self.boxes):
            assert not box.lets_in(TOKEN), "a revoked session came back"


WAYS = ["session mark", "user mark", "hook", "feed"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("warm", [False, True])
def test_one_sandbox_against_a_revocation(way: str, warm: bool) -> None:
    """In every order of up to five steps each, the session is refused after the memory TTL."""
    steps = 5
    for places in combinations(range(2 * steps), steps):
        race = Race(way)
        if warm:
            # An older verdict stands in the table, and is just over.
            race.boxes[1].find(TOKEN)
            race.clock.advance(3600)
        race.run(race.boxes[:1], [0 if at in places else 1 for at in range(2 * steps)])


@hypothesis_settings(max_examples=250)
@given(st.sampled_from(WAYS), st.lists(st.integers(0, 2), max_size=24))
def test_two_sandboxes_against_a_revocation(way: str, schedule: list[int]) -> None:
    """Two that ask at once, wait for each other and write do not bring a session back either."""
    race = Race(way)
    race.run(race.boxes, schedule)


@hypothesis_settings(max_examples=100)
@given(
    st.sampled_from(WAYS),
    st.lists(st.integers(0, 2), max_size=24),
    st.tuples(st.floats(-4, 4), st.floats(-4, 4)),
)
def test_clocks_apart_bring_nobody_back(
    way: str, schedule: list[int], ahead: tuple[float, float]
) -> None:
    """Nor do sandboxes whose clocks are a few seconds ahead or behind."""
    race = Race(way)
    race.boxes = [race.box(ahead_seconds=seconds) for seconds in ahead]
    race.run(race.boxes, schedule)


@hypothesis_settings(max_examples=100)
@given(st.integers(2, 6), st.lists(st.integers(0, 5), max_size=40))
def test_parallel_first_calls_cost_one_question(boxes: int, schedule: list[int]) -> None:
    """In whatever order sandboxes go on, while nobody is slow one asks and the others wait."""
    race = Race("feed")
    found: list[str] = []

    def call(box: Box) -> None:
        found.append(box.find(TOKEN).found_by)

    race.turns.run([partial(call, race.box()) for _ in range(boxes)], schedule)
    # Waiting moves the clock; a schedule that lets a lease lapse lets another ask.
    assert found.count("getuser") == race.issuer.asked <= 1 + int(sum(race.pauses) / 1.5)
    assert len(found) == boxes
