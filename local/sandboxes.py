"""The Lambda functions, in this process: the real code, each copy with a memory of its own."""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from collections.abc import Mapping
from typing import IO, Any

from authorizer.flow import Authorizer
from authorizer.settings import Settings
from authorizer.wiring import wire as wire_authorizer
from local.clock import WallClock
from local.log import Log
from pre_token_hook.settings import Settings as HookSettings
from pre_token_hook.wiring import wire as wire_hook
from session_feed.wiring import wire as wire_feed
from transport.https import HttpsTransport

#: Powertools has one logger for each service name in a process, with one stream, so each copy of
#: each function of each stack gets its own name.
_NUMBERS = itertools.count(1)


class Sandbox:
    """One copy of the authorizer. As in Lambda it handles one request at a time."""

    def __init__(self, environ: Mapping[str, str], *, clock: WallClock, log: IO[str]) -> None:
        settings = Settings.from_env(environ)
        self._lock = threading.Lock()
        self._transport = HttpsTransport(
            connect_timeout_ms=settings.connect_timeout_ms,
            read_timeout_ms=settings.read_timeout_ms,
            clock=time.monotonic,
        )
        self._authorizer: Authorizer = wire_authorizer(
            environ,
            clock=clock,
            transport=self._transport,
            log_stream=log,
            service=f"authorizer-{next(_NUMBERS)}",
        )

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Handle one event of the gateway's; see :meth:`authorizer.flow.Authorizer.handle`."""
        with self._lock:
            return self._authorizer.handle(event, str(uuid.uuid4()))

    def close(self) -> None:
        """Close its connections, after the request that it is at."""
        with self._lock:
            self._transport.close()


class Sandboxes:
    """Several copies of the authorizer, which take turns.

    Attributes:
        chosen: the number of the copy that gets every request, from 0; None for turns.
    """

    def __init__(self, environ: Mapping[str, str], *, count: int, clock: WallClock) -> None:
        self.chosen: int | None = None
        self._environ = environ
        self._clock = clock
        self._log = Log()
        self.all = tuple(self._new() for _ in range(count))
        self._turns = itertools.count()
        self._lock = threading.Lock()

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Let one copy handle the event."""
        with self._lock:
            number = next(self._turns) % len(self.all) if self.chosen is None else self.chosen
            sandbox = self.all[number]
        return sandbox.invoke(event)

    def recycle(self, number: int) -> None:
        """Put a new copy in the place of one, which ends when it has answered."""
        fresh = self._new()
        with self._lock:
            old = self.all[number]
            self.all = (*self.all[:number], fresh, *self.all[number + 1 :])
        old.close()

    def decisions(self) -> list[dict[str, Any]]:
        """The log lines of all decisions so far, of whichever copy, oldest first."""
        return _decisions(self._log.getvalue().splitlines())

    def take_decisions(self) -> list[dict[str, Any]]:
        """The same, and forget them: the log of a stack that runs for long has to end somewhere."""
        return _decisions(self._log.take())

    def close(self) -> None:
        """Close the connections of all copies."""
        for sandbox in self.all:
            sandbox.close()

    def _new(self) -> Sandbox:
        return Sandbox(self._environ, clock=self._clock, log=self._log)


def _decisions(lines: list[str]) -> list[dict[str, Any]]:
    documents = [json.loads(line) for line in lines]
    return [document for document in documents if document["message"] == "decision"]


class HookFunction:
    """The Pre Token Generation hook."""

    def __init__(self, environ: Mapping[str, str], *, clock: WallClock) -> None:
        self._log = Log()
        settings = HookSettings.from_env(environ)
        self._transport = HttpsTransport(
            connect_timeout_ms=settings.connect_timeout_ms,
            read_timeout_ms=settings.read_timeout_ms,
            clock=time.monotonic,
        )
        self._lock = threading.Lock()
        self._hook = wire_hook(
            environ,
            clock=clock,
            transport=self._transport,
            log_stream=self._log,
            service=f"pre-token-hook-{next(_NUMBERS)}",
        )

    def invoke(self, event: dict[str, Any]) -> Any:
        """Handle one event of Cognito's; see :meth:`pre_token_hook.hook.Hook.handle`."""
        # As in Lambda it handles one event at a time.
        with self._lock:
            return self._hook.handle(event, str(uuid.uuid4()))

    def close(self) -> None:
        """Close its connections to Cognito."""
        with self._lock:
            self._transport.close()

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far, oldest line first."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def take_lines(self) -> list[dict[str, Any]]:
        """The same, and forget them."""
        return [json.loads(line) for line in self._log.take()]


class FeedFunction:
    """The feed of revocations."""

    def __init__(self, environ: Mapping[str, str], *, clock: WallClock) -> None:
        self._log = Log()
        self._feed = wire_feed(
            environ,
            clock=clock,
            log_stream=self._log,
            service=f"session-feed-{next(_NUMBERS)}",
        )

    def invoke(self, event: dict[str, Any]) -> None:
        """Handle one event of EventBridge's; see :meth:`session_feed.feed.Feed.handle`."""
        # Through JSON and back, as between two machines.
        self._feed.handle(json.loads(json.dumps(event)), str(uuid.uuid4()))

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far, oldest line first."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def take_lines(self) -> list[dict[str, Any]]:
        """The same, and forget them."""
        return [json.loads(line) for line in self._log.take()]
