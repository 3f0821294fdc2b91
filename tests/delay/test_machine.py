"""The same world and oracle, driven by hypothesis, which looks for what fails and shortens it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.delay.drawn import Drawn, draw
from tests.delay.messages import EVENTS
from tests.delay.oracle import WrongAnswer
from tests.delay.steps import WAYS_OF_SESSION, Player, Step
from tests.delay.world import World

NUMBER = st.integers(0, 5)
STEPS = {
    1: [
        *("RevokeToken", "refresh", "mark session", "tighten", "rotate", "new sandbox", "freeze"),
        *("refresh there", "rotate there", "revoke globally", "push again"),
    ],
    2: ["mark user", "mark client", "deliver", "sign out", "log out", "revoke there"],
    0: ["machine", "loosen", "flush", "forget rows"],
}
OUTAGES = ["Cognito fails", "keys fail", "ledger fails"]


class DelayMachine(RuleBasedStateMachine):
    """A rule for each kind of step; every answer is judged as it comes."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.play = Player(World(draw(Random(seed))))
        self.happens("sign in", 0, 0)

    def happens(self, name: str, *numbers: int) -> None:
        try:
            self.play.play(Step(name, numbers))
        except WrongAnswer as wrong:
            world = self.play.world
            wrong.add_note("\n".join([f"{world.drawn}", *world.trace]))
            raise

    @property
    def drawn(self) -> Drawn:
        return self.play.world.drawn

    @rule(who=NUMBER, by=NUMBER, age=NUMBER, calls=NUMBER)
    def sign_in(self, who: int, by: int, age: int, calls: int) -> None:
        self.happens("sign in", who, by, age, calls)

    @rule(who=NUMBER, age=NUMBER)
    def sign_in_there(self, who: int, age: int) -> None:
        self.happens("sign in there", who, age)

    @rule(which=NUMBER, how=st.integers(0, EVENTS - 1), late=NUMBER)
    def tell(self, which: int, how: int, late: int) -> None:
        self.happens("tell", which, how, late)

    @rule(which=NUMBER, token=NUMBER, box=NUMBER)
    def request(self, which: int, token: int, box: int) -> None:
        self.happens("request", which, token, box)

    @rule(token=NUMBER, box=NUMBER, early=NUMBER)
    def request_when_due(self, token: int, box: int, early: int) -> None:
        self.happens("wait until due", 0, early)
        self.happens("request", 0, token, box)

    @rule(
        what=st.sampled_from(["gateway", "memory", "verdict", "grace", "key_age", "token_life"]),
        more_ms=st.sampled_from([-2, -1, 0, 1, 500]),
    )
    def wait(self, what: str, more_ms: int) -> None:
        self.happens("wait", max(0, getattr(self.drawn, what) * 1000 + more_ms))

    @rule(name=st.sampled_from(STEPS[1]), number=NUMBER)
    def one_number(self, name: str, number: int) -> None:
        self.happens(name, number)

    @rule(name=st.sampled_from(STEPS[2]), one=NUMBER, other=NUMBER)
    def two_numbers(self, name: str, one: int, other: int) -> None:
        self.happens(name, one, other)

    @rule(name=st.sampled_from(STEPS[0]))
    def no_number(self, name: str) -> None:
        self.happens(name)

    @rule(name=st.sampled_from(WAYS_OF_SESSION[1:7]), who=NUMBER)
    def a_users_sessions_end(self, name: str, who: int) -> None:
        self.happens(name, who)

    @rule(which=NUMBER, way=st.integers(0, 15), seed=st.integers(0, 999))
    def crowd(self, which: int, way: int, seed: int) -> None:
        self.happens("crowd", which, way, seed)

    @rule(name=st.sampled_from(OUTAGES), how=NUMBER)
    def outage(self, name: str, how: int) -> None:
        self.happens(name, how)

    @rule(name=st.sampled_from(OUTAGES))
    def no_outage(self, name: str) -> None:
        self.happens(name.replace("fails", "answers").replace("fail", "answer"))


def test_every_answer_is_a_right_one(request: pytest.FixtureRequest) -> None:
    """Programs of hypothesis's, too, are answered as the oracle allows."""
    is_long = request.config.getoption("--long")
    run_state_machine_as_test(
        DelayMachine,
        settings=hypothesis_settings(
            max_examples=1500 if is_long else 60,
            stateful_step_count=40,
            # The short form looks at the same programs each time; the long one for new ones.
            derandomize=not is_long,
            deadline=None,
        ),
    )
