"""What is fuzzed, wired as in a sandbox but for the network."""

from __future__ import annotations

import io
import itertools
from functools import cache

from authorizer.flow import Authorizer
from authorizer.settings import Settings
from authorizer.verification import Verifier
from authorizer.wiring import wire
from jose.keys import KeyStore
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.tokens import CLIENT_ID, ISSUER, MACHINE_CLIENT_ID, NOW
from transport import Answer, Deadline

ENVIRONMENT = {
    "ISSUERS": ISSUER,
    "CLIENT_IDS": CLIENT_ID,
    "MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID,
    "TOKEN_USES": "access,id",
}
_WITH_LEDGER = {
    "LEDGER_TABLE": TABLE,
    "AWS_REGION": "eu-west-1",
    "SESSION_POLICY": "evict_oldest",
    "SESSION_LIMIT": "2",
    "VERDICT_TTL_SECONDS": "0",
    "MEMORY_TTL_SECONDS": "0",
    "UNCHECKED_SESSION_RULE": "allow",
}

_NUMBERS = itertools.count()


def deadline() -> Deadline:
    """Time enough."""
    return Deadline.after(10, MovableClock(NOW))


def settings(**environment: str) -> Settings:
    """What the readers are told."""
    return Settings.from_env(ENVIRONMENT | environment)


@cache
def verifier() -> Verifier:
    """Knows ``key1``. Names of other keys draw on a bucket that a standing clock never fills."""
    clock = MovableClock(NOW)
    chosen = settings()
    store = KeyStore("/.well-known/jwks.json", chosen.keys, transport=FakeCognito(), clock=clock)
    return Verifier(chosen, {ISSUER: store}, clock=clock)


def key_store(body: bytes) -> KeyStore:
    """A store whose issuer serves this as its key set."""
    cognito = FakeCognito()
    cognito.key_set_failure = Answer(200, body)
    return KeyStore(
        "/.well-known/jwks.json", settings().keys, transport=cognito, clock=MovableClock(NOW)
    )


class LedgeredBox:
    """A whole authorizer with a ledger and a roster, and its last log line."""

    def __init__(self) -> None:
        self.log = io.StringIO()
        self.table = FakeDynamoDb()
        clock = MovableClock(NOW)
        self.authorizer: Authorizer = wire(
            ENVIRONMENT | _WITH_LEDGER,
            clock=clock,
            monotonic=clock,
            transport=FakeCognito(),
            ledger_calls=self.table,
            log_stream=self.log,
            service=f"fuzzed-{next(_NUMBERS)}",
        )

    def clear(self) -> None:
        """Forget what was logged and asked, so that nothing grows."""
        self.log.seek(0)
        self.log.truncate(0)
        self.table.asked.clear()
        self.table.rows.clear()
