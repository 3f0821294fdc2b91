"""The Lambda functions, in this process: the real code, each copy with a memory of its own."""

from __future__ import annotations

import io
import itertools
import json
import threading
import time
import uuid
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from authorizer.flow import Authorizer
from authorizer.settings import Settings
from authorizer.wiring import wire as wire_authorizer
from local.clock import WallClock
from pre_token_hook.sign_out import AdminUserGlobalSignOut
from pre_token_hook.wiring import wire as wire_hook
from session_feed.wiring import wire as wire_feed
from transport.https import HttpsTransport

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

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
        """Close its connections."""
        self._transport.close()


class Sandboxes:
    """Several copies of the authorizer, which take turns.

    Attributes:
        chosen: the number of the copy that gets every request, from 0; None for turns.
    """

    def __init__(self, environ: Mapping[str, str], *, count: int, clock: WallClock) -> None:
        self.chosen: int | None = None
        self._log = io.StringIO()
        self.all = tuple(Sandbox(environ, clock=clock, log=self._log) for _ in range(count))
        self._turns = itertools.cycle(self.all)
        self._lock = threading.Lock()

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Let one copy handle the event."""
        with self._lock:
            sandbox = next(self._turns) if self.chosen is None else self.all[self.chosen]
        return sandbox.invoke(event)

    def decisions(self) -> list[dict[str, Any]]:
        """The log lines of all decisions so far, of whichever copy, oldest first."""
        lines = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [line for line in lines if line["message"] == "decision"]

    def close(self) -> None:
        """Close the connections of all copies."""
        for sandbox in self.all:
            sandbox.close()


class HookFunction:
    """The Pre Token Generation hook, with an SDK client that knows the local endpoint."""

    def __init__(
        self,
        environ: Mapping[str, str],
        client: CognitoIdentityProviderClient,
        *,
        clock: WallClock,
    ) -> None:
        self._log = io.StringIO()
        self._hook = wire_hook(
            environ,
            clock=clock,
            sign_out=AdminUserGlobalSignOut(client),
            log_stream=self._log,
            service=f"pre-token-hook-{next(_NUMBERS)}",
        )

    def invoke(self, event: dict[str, Any]) -> Any:
        """Handle one event of Cognito's; see :meth:`pre_token_hook.hook.Hook.handle`."""
        return self._hook.handle(event, str(uuid.uuid4()))

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far, oldest line first."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]


class FeedFunction:
    """The feed of revocations."""

    def __init__(self, environ: Mapping[str, str], *, clock: WallClock) -> None:
        self._log = io.StringIO()
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
