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


def local_verifier(clock: WallClock) -> Verifier:
    """A verifier with the settings of the other measurements."""
    environ = authorizer_environ("http://localhost:1", has_ledger=False, remembers=False)
    settings = Settings.from_env(environ)
    cognito = FakeCognito()
    cognito.keys = KEY_SET
    url = f"{ISSUER}/.well-known/jwks.json"
    store = KeyStore(url, settings.keys, transport=cognito, clock=clock)
    return Verifier(settings, {ISSUER: store}, clock=clock)
