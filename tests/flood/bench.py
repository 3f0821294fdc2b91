"""One sandbox in a flood: sends, moves the clock, and measures what stays behind."""

from __future__ import annotations

import gc
import io
import itertools
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from authorizer.response import Unauthorized, Unavailable
from authorizer.wiring import wire
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.events import rest_request
from tests.tokens import CLIENT_ID, ISSUER, NOW, SessionMaker, b64, sign

REQUESTS_PER_SECOND = 1000
LEDGER = {
    "LEDGER_TABLE": TABLE,
    "AWS_REGION": "eu-west-1",
    "VERDICT_TTL_SECONDS": "3600",
    "MEMORY_TTL_SECONDS": "300",
}
_ENVIRONMENT = {"ISSUERS": ISSUER, "CLIENT_IDS": CLIENT_ID, "VERDICT_TTL_SECONDS": "60"}
_NUMBERS = itertools.count()
_PAYLOAD = b64(json.dumps(SessionMaker(subject="nobody").access()).encode())
_SIGNATURE = b64(b"\x55" * 256)


class LastLine(io.StringIO):
    """A log that keeps one line: what is measured is the sandbox, not its reader."""

    def write(self, text: str) -> int:
        """Forget what was written before a line begins."""
        if self.getvalue().endswith("\n"):
            self.seek(0)
            self.truncate()
        return super().write(text)


@dataclass
class FloodedBox:
    """A sandbox with a bounded log. Counts what it answers, by reason."""

    environment: dict[str, str] = field(default_factory=dict)
    cognito: FakeCognito = field(default_factory=FakeCognito)
    table: FakeDynamoDb = field(default_factory=FakeDynamoDb)

    def __post_init__(self) -> None:
        self.clock = MovableClock(NOW)
        self.answers: Counter[tuple[int, str]] = Counter()
        self._log = LastLine()
        self._authorizer = wire(
            _ENVIRONMENT | self.environment,
            clock=self.clock,
            monotonic=self.clock,
            transport=self.cognito,
            ledger_calls=self.table,
            log_stream=self._log,
            service=f"flooded-{next(_NUMBERS)}",
        )

    def send(self, event: Any) -> tuple[int, str]:
        """Status and reason of one event; the clock moves by its share of a second."""
        self.clock.advance(1 / REQUESTS_PER_SECOND)
        status = 200
        try:
            if self._authorizer.handle(event, "request-1") == {"errorMessage": "Unauthorized"}:
                status = 401
        except Unauthorized:
            status = 401
        except Unavailable:
            status = 503
        answer = (status, str(json.loads(self._log.getvalue())["reason"]))
        self.answers[answer] += 1
        return answer

    def call(self, token: str) -> tuple[int, str]:
        """Status and reason of a call with this token."""
        return self.send(rest_request(f"Bearer {token}"))

    def left_behind(self) -> int:
        """Blocks of memory in use now, without what the table and its list of calls hold.

        Whatever is kept for a request takes a block at least, so that blocks tell a leak as
        bytes would; and counting them slows nothing down.
        """
        self.table.rows.clear()
        self.table.asked.clear()
        gc.collect()
        return sys.getallocatedblocks()


def forged(number: int, *, kid: str = "", issuer: str = "") -> str:
    """A token of the right shape, with a key's name of its own and no signature of anybody's."""
    header = b64(json.dumps({"alg": "RS256", "kid": kid or f"forged-{number}"}).encode())
    payload = _PAYLOAD
    if issuer:
        payload = b64(json.dumps(SessionMaker().access(iss=issuer)).encode())
    return f"{header}.{payload}.{_SIGNATURE}"


def good(*, key: str = "key1", **changes: Any) -> str:
    """A token of a session of its own."""
    return sign(SessionMaker().access(**changes), key=key)
