"""The hook and the feed, beside a far side that is Cognito and the ledger at once."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pre_token_hook.wiring
from cognito.calls import Cognito
from cognito.retries import Retrying
from ledger.dynamodb import ConditionFailedError, DynamoDb
from ledger.writer import Writer
from pre_token_hook.settings import Settings as HookSettings
from pre_token_hook.sign_out import AdminUserGlobalSignOut
from session_feed.feed import Feed
from session_feed.settings import Settings as FeedSettings
from session_feed.telemetry import Telemetry as FeedTelemetry
from telemetry import Reports
from tests.attacks.leaks import slices
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.faults.certificates import Authority
from tests.faults.far_side import FarSide, Request
from tests.faults.moods import TELLTALE
from tests.faults.places import Place, Places
from tests.tokens import NOW, POOL_ID, REGION
from transport import Deadline
from transport.https import HttpsTransport
from transport.sigv4 import Credentials

SECRET_KEY = "a-secret-key-of-AWS"
_numbers = itertools.count()


class Neighbour:
    """What the two talk to, and all places where it could be looked for in vain."""

    def __init__(self, authority: Authority) -> None:
        self.table = FakeDynamoDb()
        self.side = FarSide(self._answer)
        self.places = Places(authority)

    def close(self) -> None:
        """End it."""
        self.side.close()
        self.places.close()

    def is_left(self) -> bool:
        """Whether the last connection ends."""
        return self.side.is_left() and self.places.is_left()

    def _answer(self, request: Request) -> tuple[str, bytes]:
        service, _, operation = request.fields["x-amz-target"].partition(".")
        if not service.startswith("DynamoDB"):
            return "200 OK", b"{}"
        deadline = Deadline.after(60, time.monotonic)
        try:
            answer = self.table(operation, json.loads(request.body), deadline)
        except ConditionFailedError:
            return "400 Bad Request", b'{"__type":"x#ConditionalCheckFailedException"}'
        return "200 OK", json.dumps(answer).encode()


@dataclass(frozen=True)
class Handled:
    """What became of one event."""

    returned: Any
    error: Exception | None
    line: dict[str, Any]
    seconds: float
    output: str

    def says(self, *secrets: str) -> list[str]:
        """What came out of the far side's words, of keys, and of these."""
        wanted = {piece for text in (TELLTALE, SECRET_KEY, *secrets) for piece in slices(text)}
        return sorted(piece for piece in wanted if piece in self.output)


class Bystander:
    """A hook or a feed, what it writes, and the connections that it opens."""

    def __init__(self) -> None:
        self._log = io.StringIO()
        self._closing = contextlib.ExitStack()
        self._service = f"bystander-{next(_numbers)}"
        self.handle: Callable[[Any], Any]

    @classmethod
    def hook(
        cls, neighbour: Neighbour, *, place: Place | None = None, **environment: str
    ) -> Bystander:
        """A hook as it is deployed, with or without a ledger."""
        made = cls()
        environ = {"AWS_REGION": REGION, **environment}
        settings = HookSettings.from_env(environ)
        url = neighbour.side.url if place is None else neighbour.places.urls[place]
        cognito = Cognito(
            REGION,
            url,
            credentials=lambda: Credentials("AKID", SECRET_KEY, SECRET_KEY),
            transport=made._transport(settings.connect_timeout_ms, settings.read_timeout_ms),
            clock=lambda: NOW,
        )
        calls = made._calls(neighbour.side.url, settings.ledger_timeout_ms)
        made.handle = pre_token_hook.wiring.wire(
            environ,
            clock=lambda: NOW,
            sign_out=AdminUserGlobalSignOut(
                settings,
                Retrying(
                    cognito,
                    max_attempts=settings.max_attempts,
                    pause=lambda _: None,
                    chance=float,
                ),
                monotonic=time.monotonic,
            ),
            ledger_calls=calls,
            log_stream=made._log,
            service=made._service,
        ).handle
        return made

    @classmethod
    def feed(
        cls, neighbour: Neighbour, *, place: Place | None = None, **environment: str
    ) -> Bystander:
        """A feed with a ledger."""
        made = cls()
        environ = {"USER_POOL_ID": POOL_ID, "LEDGER_TABLE": TABLE, **environment}
        settings = FeedSettings.from_env(environ)
        url = neighbour.side.url if place is None else neighbour.places.urls[place]
        made.handle = Feed(
            settings,
            Writer(TABLE, made._calls(url, settings.write_timeout_ms)),
            FeedTelemetry(Reports(made._service, settings.deployment, made._log)),
            clock=lambda: NOW,
            monotonic=time.monotonic,
        ).handle
        return made

    def send(self, event: Any) -> Handled:
        """Hand it an event; keep all that comes out."""
        printed, before = io.StringIO(), self._log.tell()
        returned, error = None, None
        started = time.monotonic()
        with contextlib.redirect_stdout(printed):
            try:
                returned = self.handle(event)
            except Exception as raised:  # whatever it is, Lambda would print it
                error = raised
        seconds = time.monotonic() - started
        lines = self._log.getvalue()[before:]
        said = "\n".join((lines, printed.getvalue(), repr(error)))
        line = json.loads(lines.splitlines()[-1]) if lines else {}
        return Handled(returned, error, line, seconds, said)

    def close(self) -> None:
        """End its connections."""
        self._closing.close()

    def _calls(self, url: str, timeout_ms: int) -> DynamoDb:
        return DynamoDb(
            REGION,
            url,
            credentials=lambda: Credentials("AKID", SECRET_KEY, SECRET_KEY),
            transport=self._transport(timeout_ms, timeout_ms),
            clock=lambda: NOW,
        )

    def _transport(self, connect_timeout_ms: int, read_timeout_ms: int) -> HttpsTransport:
        transport = HttpsTransport(
            connect_timeout_ms=connect_timeout_ms,
            read_timeout_ms=read_timeout_ms,
            clock=time.monotonic,
        )
        self._closing.callback(transport.close)
        return transport
