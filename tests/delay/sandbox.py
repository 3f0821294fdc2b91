"""One sandbox: the real authorizer, and what can be seen of it from outside."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authorizer.wiring import wire
from ledger.dynamodb import Calls, ConditionFailedError
from ledger.rows import LedgerError
from local.clock import MovableClock
from tests.delay import environments
from tests.delay.cognito import Cognito
from tests.delay.drawn import (
    KEY_COOLDOWN_SECONDS,
    KEY_INTERVAL_SECONDS,
    PROVIDER,
    USERINFO_URL,
    Drawn,
)
from tests.delay.issuer import Issuer
from tests.delay.provider import KEY_SET_URL, Provider
from tests.tokens import ISSUER
from transport import Answer, Deadline, TransportError

NEVER = float("-inf")
#: What Systems Manager holds for the introspection endpoint.
SECRET = Answer(200, b'{"Parameter":{"Value":"the secret"}}')


@dataclass
class Seen:
    """What went wrong around a sandbox while it answered one request."""

    issuer_failed: bool = False
    """Cognito, or the provider, was asked about the session."""
    keys_failed: bool = False
    ledger_failed: bool = False
    late: bool = False
    """A call was not made because the budget was spent."""
    has_read: bool = False
    """It has read the ledger."""
    contended: int = 0
    """Conditional writes that others had forestalled."""


@dataclass
class Outside:
    """What all sandboxes share: the network, with its latency, and whoever comes in between."""

    clock: MovableClock
    cognito: Cognito
    provider: Provider
    table: Calls
    latency_ms: int
    step: Callable[[], object]

    def pass_by(self) -> None:
        """Half a call's time on the wire; somebody else may go on meanwhile."""
        self.clock.advance(self.latency_ms / 1000)
        self.step()


@dataclass
class KeysHeld:
    """The last key set that was fetched, and the fetches, in the sandbox's own time."""

    names: tuple[str, ...] = ()
    fetched_at: float = NEVER
    asked_at: float = NEVER
    failed_at: float = NEVER

    def is_rationed(self, now: float) -> bool:
        """Whether a key that is not held may not be asked for (decision 3)."""
        return (
            now - self.failed_at < KEY_COOLDOWN_SECONDS + KEY_INTERVAL_SECONDS
            or now - self.asked_at < KEY_INTERVAL_SECONDS
        )


class Sandbox:
    """Wired as Lambda wires it, on a clock of its own."""

    def __init__(self, number: int, drawn: Drawn, outside: Outside) -> None:
        self.number = number
        self.seen = Seen()
        self.keys = {ISSUER: KeysHeld(), PROVIDER: KeysHeld()}
        """By issuer."""
        self.frozen_at: float | None = None
        self.ledger_failed_at = NEVER
        """In its monotonic time."""
        self.refused: set[str] = set()
        """Names of tokens that it has refused for good."""
        self._slept = 0.0
        self._skew = drawn.box_skews_ms[number] / 1000
        self._outside = outside
        self._authorizer = wire(
            environments.authorizer(drawn),
            clock=self.clock,
            monotonic=self.monotonic,
            pause=self._pause,
            transport=self,
            ledger_calls=self._call_ledger if drawn.has_ledger else None,
            log_stream=_LOGS[number],
            service=f"delay-{number}",
        )

    def clock(self) -> float:
        """Its wall clock."""
        return self._outside.clock() + self._skew

    def monotonic(self) -> float:
        """Stands still while it is frozen."""
        return self._outside.clock() - self._slept

    def freeze(self) -> None:
        """Between requests Lambda may stop a sandbox at any moment, for any time."""
        if self.frozen_at is None:
            self.frozen_at = self._outside.clock()

    def thaw(self) -> None:
        """Go on."""
        if self.frozen_at is not None:
            self._slept += self._outside.clock() - self.frozen_at
            self.frozen_at = None

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one event."""
        log = _LOGS[self.number]
        log.seek(0)
        log.truncate()
        return self._authorizer.handle(event, "request-1")

    def said(self) -> str:
        """The log of the last request."""
        return _LOGS[self.number].getvalue().strip()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        """See :class:`transport.Transport`."""
        if deadline.remaining_seconds() <= 0:
            self.seen.late = True
            raise TransportError("timed out")
        issuer = KEY_SETS.get(url)
        if issuer is not None:
            self.keys[issuer].asked_at = self.clock()
        self._outside.pass_by()
        try:
            if issuer is not None:
                return self._fetch_keys(issuer)
            return self._ask(url, headers, body)
        finally:
            self._outside.pass_by()

    def _ask(self, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        cognito, provider = self._outside.cognito, self._outside.provider
        if headers.get("x-amz-target") == "AmazonSSM.GetParameter":
            return SECRET
        if url.startswith(PROVIDER):
            self.seen.issuer_failed |= provider.failure is not None
            return provider.answer(url, headers, body)
        self.seen.issuer_failed |= cognito.failure is not None
        if url == USERINFO_URL:
            return cognito.userinfo_answer(headers["Authorization"])
        assert body is not None
        return cognito.getuser_answer(body)

    def _fetch_keys(self, name: str) -> Answer:
        keys, outside = self.keys[name], self._outside
        issuer: Issuer = outside.provider if name == PROVIDER else outside.cognito
        if issuer.key_failure is not None:
            self.seen.keys_failed = True
            keys.failed_at = keys.asked_at
        else:
            keys.names, keys.fetched_at = tuple(issuer.keys), keys.asked_at
        return issuer.key_set_answer()

    def _call_ledger(
        self, operation: str, payload: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        if deadline.remaining_seconds() <= 0:
            self.seen.late = True
            raise LedgerError("timed out")
        self._outside.pass_by()
        try:
            answer = self._outside.table(operation, payload, deadline)
        except ConditionFailedError:
            self.seen.contended += 1
            raise
        except LedgerError:
            self._ledger_failed()
            raise
        if answer.get("UnprocessedKeys"):
            self._ledger_failed()
        self.seen.has_read |= operation == "BatchGetItem"
        return answer

    def _ledger_failed(self) -> None:
        self.seen.ledger_failed = True
        self.ledger_failed_at = self.monotonic()

    def _pause(self, seconds: float) -> None:
        self._outside.clock.advance(seconds)
        self._outside.step()


#: Whose key set stands where.
KEY_SETS = {KEY_SET_URL: PROVIDER, f"{ISSUER}/.well-known/jwks.json": ISSUER}
#: A stream for each number, for as long as the process: loggers are kept by their names.
_LOGS: list[io.StringIO] = [io.StringIO() for _ in range(3)]
