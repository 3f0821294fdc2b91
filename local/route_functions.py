"""Lambda functions behind routes of their own, in this process: sign-out, and pushed logouts."""

from __future__ import annotations

import functools
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import receivers.settings
import receivers.wiring
import sign_out.settings
import sign_out.wiring
from local.clock import WallClock
from local.gateway.config import Route
from local.gateway.proxy import proxy_integration
from local.log import Log
from receivers.transmitters import Kind
from transport.https import HttpsTransport

_NUMBERS = itertools.count(1)


class _Handler(Protocol):
    """A Lambda's code, wired."""

    def handle(self, event: Any, request_id: str = "") -> dict[str, Any]:
        """Answer one event of a proxy integration's."""
        ...


class RouteFunction:
    """One copy of a function. As in Lambda it handles one request at a time."""

    def __init__(
        self, path: str, timeout_ms: int, wire: Callable[[HttpsTransport, Log, str], _Handler]
    ) -> None:
        """
        Args:
            path: where it is reached, by anybody: the tokens are in the request.
            timeout_ms: of its connections.
            wire: makes it, of its connections, its log and a name that no other function has.
        """
        self._lock = threading.Lock()
        self._log = Log()
        self._transport = HttpsTransport(
            connect_timeout_ms=timeout_ms, read_timeout_ms=timeout_ms, clock=time.monotonic
        )
        # Powertools has one logger for each service name in a process, with one stream.
        self._handler = wire(self._transport, self._log, f"route-function-{next(_NUMBERS)}")
        self.route = Route("POST", path, backend=proxy_integration(self.invoke))

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Handle one event of the gateway's."""
        with self._lock:
            return self._handler.handle(event, str(uuid.uuid4()))

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far, oldest line first."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def close(self) -> None:
        """Close its connections."""
        with self._lock:
            self._transport.close()


def route_function(path: str, environ: Mapping[str, str], *, clock: WallClock) -> RouteFunction:
    """The function behind one of the product's routes.

    Args:
        path: ``/sign-out``, or ``/backchannel-logout`` for providers' logout tokens.
        environ: the function's.
        clock: that everything goes by.

    Raises:
        KeyError: there is no such route.
        environment.SettingsError: the function can't start in this environment.
    """
    wire, timeout_ms = _ROUTES[path](environ)

    def handler(transport: HttpsTransport, log: Log, service: str) -> _Handler:
        return wire(
            environ,
            clock=clock,
            transport=transport,
            log_stream=log,
            service=service,
        )

    return RouteFunction(path, timeout_ms, handler)


def _sign_out(environ: Mapping[str, str]) -> tuple[Callable[..., _Handler], int]:
    return sign_out.wiring.wire, sign_out.settings.Settings.from_env(environ).timeout_ms


def _backchannel_logout(environ: Mapping[str, str]) -> tuple[Callable[..., _Handler], int]:
    kind = Kind.BACKCHANNEL_LOGOUT
    settings = receivers.settings.Settings.from_env(environ, kind)
    return functools.partial(receivers.wiring.wire, kind=kind), settings.timeout_ms


_ROUTES = {"/sign-out": _sign_out, "/backchannel-logout": _backchannel_logout}
