"""The key store against a model with times, over random histories of rotation, outage and flood."""

from __future__ import annotations

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jose.faults import Fault, JoseError
from jose.keys import KeyStore
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.tokens import ISSUER, NOW, key_set
from tests.unit.jose.test_keys import SETTINGS
from transport import Deadline, TransportError

DOWN = TransportError("could not connect")
LONGEST = SETTINGS.max_age_seconds + SETTINGS.max_stale_seconds


class KeyStoreMachine(RuleBasedStateMachine):
    """What the store says must be what the issuer published, lately enough."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = MovableClock(NOW)
        self.cognito = FakeCognito()
        self.published = {"key1"}
        self.held: set[str] = set()
        self.fetched_at = float("-inf")
        self.failed_at = float("-inf")
        self.forged_fetches: list[float] = []
        url = f"{ISSUER}/.well-known/jwks.json"
        self.store = KeyStore(url, SETTINGS, transport=self.cognito, clock=self.clock)

    @rule(seconds=st.sampled_from([0.1, 1, 4.9, 5, 6, 600, 3599, 3600, 4199, 4200]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(names=st.sets(st.sampled_from(["key1", "key2", "key3"]), min_size=1))
    def rotate(self, names: set[str]) -> None:
        self.published = names
        self.cognito.keys = key_set(*sorted(names))

    @rule(is_down=st.booleans())
    def issuer_goes(self, is_down: bool) -> None:
        self.cognito.key_set_failure = DOWN if is_down else None

    @rule(kid=st.sampled_from(["key1", "key2", "key3", "forged"]))
    def find(self, kid: str) -> None:
        now, before = self.clock(), self.cognito.key_set_fetches
        was_fresh = 0 <= now - self.fetched_at < SETTINGS.max_age_seconds
        fault = self._fault(kid)
        fetches = self.cognito.key_set_fetches - before
        assert fetches <= 1
        if fetches:
            assert now - self.failed_at >= SETTINGS.failure_cooldown_seconds
            if was_fresh:
                self.forged_fetches.append(now)
            if self.cognito.key_set_failure is None:
                self.held, self.fetched_at = set(self.published), now
                self.failed_at = float("-inf")
            else:
                self.failed_at = now
        if fault is None:
            assert kid in self.held
            assert now - self.fetched_at < LONGEST
        elif fault is Fault.KEY_UNKNOWN:
            # Certain, because it has just been looked up.
            assert fetches == 1
            assert kid not in self.published
        elif kid in self.held:
            assert now - self.fetched_at >= LONGEST

    @invariant()
    def unknown_names_are_rationed(self) -> None:
        interval, burst = SETTINGS.unknown_kid_interval_seconds, SETTINGS.unknown_kid_burst
        window = [at for at in self.forged_fetches if at > self.clock() - interval]
        assert len(window) <= burst + 1

    def _fault(self, kid: str) -> Fault | None:
        try:
            self.store.find(kid, Deadline(at=1.0, clock=lambda: 0.0))
        except JoseError as error:
            return error.fault
        return None


TestKeyStore = KeyStoreMachine.TestCase
TestKeyStore.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
