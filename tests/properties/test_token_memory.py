"""A verifier with a memory beside one without: the same answers, at all times, for all reasons."""

from __future__ import annotations

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from authorizer.errors import DecisionError
from authorizer.settings import Settings
from authorizer.verification import Verifier
from jose.keys import KeyStore
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.sandbox import ENVIRONMENT
from tests.tokens import ISSUER, NOW, SessionMaker, public_jwk, sign
from transport import Deadline, TransportError

DOWN = TransportError("could not connect")
#: What the issuer may publish under its two names: its keys, or somebody else's key.
KEYS = {
    "both": [("key1", "key1"), ("key2", "key2")],
    "first": [("key1", "key1")],
    "second": [("key2", "key2")],
    "swapped": [("key1", "key2"), ("key2", "key1")],
}
GOOD = [
    sign(SessionMaker(signed_in_at=NOW + start).access(exp=NOW + end, **more), key=key)
    for key, start, end, more in (
        ("key1", -60, 300, {}),
        ("key1", 0, 9000, {"cognito:groups": ["staff"]}),
        ("key1", -60, 900, {"nbf": NOW + 5}),
        ("key2", 0, 9000, {}),
    )
]
BAD = [
    sign(SessionMaker().access(client_id="other")),
    f"{GOOD[0]}=",
    GOOD[0].rpartition(".")[0] + "." + GOOD[1].rpartition(".")[2],
    sign(SessionMaker().access(), key="attacker", header={"kid": "key1"}),
    sign(SessionMaker().access(), key="attacker"),
]


class Side:
    """A verifier with keys of its own."""

    def __init__(self, clock: MovableClock, entries: int) -> None:
        settings = Settings.from_env(
            ENVIRONMENT
            | {
                "TOKEN_MEMORY_MAX_ENTRIES": str(entries),
                "JWKS_MAX_AGE_SECONDS": "2000",
                "JWKS_MAX_STALE_SECONDS": "1000",
            }
        )
        self.cognito = FakeCognito()
        self._clock = clock
        store = KeyStore(
            f"{ISSUER}/.well-known/jwks.json", settings.keys, transport=self.cognito, clock=clock
        )
        self.store = store
        self.verifier = Verifier(settings, {ISSUER: store}, clock=clock)

    def answer(self, text: str) -> object:
        """The token, or why it is refused; and what the key store did about it."""
        try:
            found: object = self.verifier.verify(text, Deadline.after(1, self._clock))
        except DecisionError as error:
            found = error.reason
        return found, self.cognito.key_set_fetches, self.store.served_stale


class TokenMemoryMachine(RuleBasedStateMachine):
    """Whatever happens to keys, clock and issuer, the memory shows in no answer."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = MovableClock(NOW)
        self.sides = Side(self.clock, entries=3), Side(self.clock, entries=0)

    @rule(text=st.sampled_from(GOOD))
    def verify(self, text: str) -> None:
        with_memory, without = (side.answer(text) for side in self.sides)
        assert with_memory == without

    @rule(text=st.sampled_from(BAD))
    def refuse(self, text: str) -> None:
        self.verify(text)

    @rule(seconds=st.sampled_from([-2000, -300, -5, 0.1, 4.9, 5, 300, 600, 2000]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(published=st.sampled_from(sorted(KEYS)))
    def rotate(self, published: str) -> None:
        members = [public_jwk(key, kid=kid) for kid, key in KEYS[published]]
        for side in self.sides:
            side.cognito.keys = {"keys": members}

    @rule(is_down=st.booleans())
    def issuer_goes(self, is_down: bool) -> None:
        for side in self.sides:
            side.cognito.key_set_failure = DOWN if is_down else None

    @invariant()
    def memory_is_bounded(self) -> None:
        assert len(self.sides[0].verifier._memory) <= 3
        assert len(self.sides[1].verifier._memory) == 0


TestTokenMemory = TokenMemoryMachine.TestCase
TestTokenMemory.settings = hypothesis_settings(
    max_examples=200, stateful_step_count=40, deadline=None
)
