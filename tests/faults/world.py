"""One sandbox among far sides on loopback: real sockets, clocks that can be moved.

The authorizer is wired as in Lambda. Only the addresses are replaced, by a transport that sends
each component's requests to its far side over the product's own HTTPS transport.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authorizer.flow import Authorizer
from authorizer.response import Unauthorized, Unavailable
from authorizer.wiring import wire
from ledger.dynamodb import DynamoDb
from tests.attacks.leaks import slices
from tests.dynamodb import TABLE
from tests.events import rest_request
from tests.faults.far_side import good
from tests.faults.far_sides import FarSides
from tests.faults.fault import Component, Fault
from tests.faults.moods import TELLTALE
from tests.faults.routed import Routed
from tests.tokens import CLIENT_ID, ISSUER, NOW, REGION, SessionMaker, sign
from transport.https import HttpsTransport
from transport.sigv4 import Credentials

#: Time-outs that a busy machine does not reach by itself.
PATIENT = {"CONNECT_TIMEOUT_MS": "2000", "READ_TIMEOUT_MS": "2500", "LEDGER_TIMEOUT_MS": "1000"}
#: Every setting as it is by default.
DEPLOYED: dict[str, str] = {}
#: What is set besides.
ENVIRONMENT = {
    "ISSUERS": ISSUER,
    "CLIENT_IDS": CLIENT_ID,
    "TOKEN_USES": "access,id",
    "AWS_REGION": REGION,
    "LEDGER_TABLE": TABLE,
}
_SECRET_KEY = "a-secret-key-of-AWS"
#: Cognito's tokens live for a day at most.
_LONGEST_LIFE_SECONDS = 86_400
_NETWORKED = (Component.COGNITO, Component.KEYS, Component.LEDGER)
_numbers = itertools.count()


@dataclass(frozen=True)
class Seen:
    """What the gateway would see of an answer, what was logged, and how long it took."""

    status: int
    line: dict[str, Any]
    seconds: float

    @property
    def reason(self) -> str | None:
        """The catalogued reason; None if the request was granted."""
        reason: str = self.line["reason"]
        return None if reason == "granted" else reason


class World:
    """A new sandbox, and the means to spoil what is around it."""

    def __init__(self, far: FarSides, environment: dict[str, str] = PATIENT) -> None:
        far.renew()
        self.far = far
        self.wall_seconds = 0.0
        """How far the wall clock, which stands still, has been moved."""
        self.monotonic_seconds = 0.0
        """How far the monotonic clock is ahead of the real one."""
        self.session = SessionMaker()
        self._secrets = [TELLTALE, _SECRET_KEY]
        self.outputs: list[str] = []
        self._timeouts = ENVIRONMENT | environment
        asking, reading = self._transport(), self._ledger_transport()
        self.routed = (asking, reading)
        self._log = io.StringIO()
        self.authorizer: Authorizer = wire(
            self._timeouts,
            clock=self.clock,
            monotonic=self.monotonic,
            pause=self._pause,
            transport=asking,
            ledger_calls=DynamoDb(
                REGION,
                f"https://dynamodb.{REGION}.amazonaws.com",
                credentials=lambda: Credentials("AKID", _SECRET_KEY, _SECRET_KEY),
                transport=reading,
                clock=self.clock,
            ),
            log_stream=self._log,
            service=f"faults-{next(_numbers)}",
        )

    def _transport(self) -> Routed:
        connect, read = ("CONNECT_TIMEOUT_MS", 500), ("READ_TIMEOUT_MS", 1000)
        return self._routed(self._milliseconds(*connect), self._milliseconds(*read))

    def _ledger_transport(self) -> Routed:
        timeout = self._milliseconds("LEDGER_TIMEOUT_MS", 300)
        return self._routed(timeout, timeout)

    def _milliseconds(self, name: str, default: int) -> int:
        return int(self._timeouts.get(name, default))

    def _routed(self, connect_timeout_ms: int, read_timeout_ms: int) -> Routed:
        inner = HttpsTransport(
            connect_timeout_ms=connect_timeout_ms,
            read_timeout_ms=read_timeout_ms,
            clock=self.monotonic,
            context=self.far.authority.client(),
        )
        return Routed(inner, {of: side.url for of, side in self.far.sides.items()})

    def clock(self) -> float:
        """Wall-clock time."""
        return NOW + self.wall_seconds

    def monotonic(self) -> float:
        """The real one, and what it was moved by."""
        return time.monotonic() + self.monotonic_seconds

    def _pause(self, seconds: float) -> None:
        self.wall_seconds += seconds

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.wall_seconds += seconds
        self.monotonic_seconds += seconds

    def begin(self, fault: Fault) -> None:
        """Let it happen."""
        if fault.happens is not None:
            fault.happens(self)
        of = fault.component
        if fault.is_slow:
            for routed in self.routed:
                routed.hurried.add(Component.COGNITO if of is Component.SANDBOX else of)
        if of is Component.SANDBOX:
            return
        self.far.sides[of].be(fault.mood)
        for routed in self.routed:
            if fault.place is not None:
                routed.urls[of] = self.far.places.urls[fault.place]
            if fault.squeeze is not None:
                routed.squeezes[of] = fault.squeeze

    def mend(self, *faults: Fault) -> None:
        """Let all of it be over."""
        for fault in faults:
            if fault.mends is not None:
                fault.mends(self)
        for component in _NETWORKED:
            self.far.sides[component].be(good)
            for routed in self.routed:
                routed.urls[component] = self.far.sides[component].url
                routed.squeezes.clear()
                routed.hurried.clear()

    def renew_session(self) -> None:
        """Let the user sign in anew."""
        self.session = SessionMaker(subject=self.session.subject)

    def access_token(self) -> str:
        """The session's access token."""
        return self._signed(self.session.access(exp=NOW + _LONGEST_LIFE_SECONDS))

    def id_token(self) -> str:
        """The session's ID token, which only the ledger can judge."""
        return self._signed(self.session.identity(exp=NOW + _LONGEST_LIFE_SECONDS))

    def _signed(self, claims: Mapping[str, Any]) -> str:
        token = sign(claims)
        self._secrets.append(token)
        return token

    def call(self, token: str) -> Seen:
        """Call ``GET /hello`` of a REST API."""
        return self.send(rest_request(f"Bearer {token}"))

    def send(self, event: Any) -> Seen:
        """Hand an event to the authorizer; keep all that comes out of it."""
        printed, error = io.StringIO(), ""
        logged_before = self._log.tell()
        answer: dict[str, Any] | None = None
        started = time.monotonic()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                answer = self.authorizer.handle(event, "request-1")
            except (Unauthorized, Unavailable) as refused:
                error = repr(refused) + repr(refused.__cause__) + repr(refused.__context__)
                status = 401 if isinstance(refused, Unauthorized) else 503
            else:
                status = 200
        seconds = time.monotonic() - started
        log = self._log.getvalue()[logged_before:]
        self.outputs += [log, printed.getvalue(), error, json.dumps(answer)]
        return Seen(status, _decision(log + printed.getvalue()), seconds)

    def leaks(self) -> list[str]:
        """What of tokens, keys and the far sides' words came out."""
        # None of the secrets holds a character that JSON would write in another way.
        said = set(slices("\n".join(self.outputs)))
        return sorted({piece for secret in self._secrets for piece in slices(secret)} & said)

    def leave(self) -> bool:
        """End the sandbox; whether it left no connection behind."""
        for routed in self.routed:
            routed.inner.close()
        return self.far.are_left()


def _decision(output: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    [decision] = [line for line in lines if line.get("message") == "decision"]
    return dict(decision)
