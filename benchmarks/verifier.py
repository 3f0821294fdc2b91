"""The authorizer's verifier, its keys in memory, and a Cognito that gives it those."""

from __future__ import annotations

import time

from authorizer.settings import Settings
from authorizer.verification import Verifier
from benchmarks.pool import ISSUER, KEY_SET, authorizer_environ
from jose.keys import KeyStore
from tests.cognito import FakeCognito
from transport import Deadline, WallClock

NO_LIMIT = Deadline.after(1e9, time.monotonic)


def local_settings() -> Settings:
    """As in the other measurements, without a network."""
    return Settings.from_env(
        authorizer_environ("http://localhost:1", has_ledger=False, remembers=False)
    )


def local_store(clock: WallClock) -> KeyStore:
    """The pool's keys."""
    cognito = FakeCognito()
    cognito.keys = KEY_SET
    url = f"{ISSUER}/.well-known/jwks.json"
    return KeyStore(url, local_settings().keys, transport=cognito, clock=clock)


def local_verifier(clock: WallClock, store: KeyStore | None = None) -> Verifier:
    """A verifier of the pool's tokens."""
    return Verifier(local_settings(), {ISSUER: store or local_store(clock)}, clock=clock)
