"""Lambda functions behind routes of their own, in this process: ``POST /sign-out``."""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.clock import WallClock
from local.gateway.config import Route
from local.gateway.proxy import proxy_integration
from local.log import Log
from sign_out.settings import Settings
from sign_out.wiring import wire as wire_sign_out
from transport.https import HttpsTransport

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

#: Powertools has one logger for each service name in a process, with one stream.
_NUMBERS = itertools.count(1)


class SignOutFunction:
    """The sign-out endpoint. As in Lambda it handles one request at a time."""

    def __init__(
        self,
        environ: Mapping[str, str],
        client: CognitoIdentityProviderClient,
        *,
        clock: WallClock,
    ) -> None:
        """
        Args:
            environ: the function's.
            client: of Cognito's, which knows the local endpoint.
            clock: that everything goes by.
        """
        timeout_ms = Settings.from_env(environ).timeout_ms
        self._lock = threading.Lock()
        self._log = Log()
        self._transport = HttpsTransport(
            connect_timeout_ms=timeout_ms, read_timeout_ms=timeout_ms, clock=time.monotonic
        )
        self._endpoint = wire_sign_out(
            environ,
            clock=clock,
            transport=self._transport,
            cognito=client,
            log_stream=self._log,
            service=f"sign-out-{next(_NUMBERS)}",
        )

    @property
    def route(self) -> Route:
        """Where it is reached, by anybody: the tokens are in the request."""
        return Route("POST", "/sign-out", backend=proxy_integration(self.invoke))

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Handle one event of the gateway's; see :meth:`sign_out.flow.SignOut.handle`."""
        with self._lock:
            return self._endpoint.handle(event, str(uuid.uuid4()))

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far, oldest line first."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def close(self) -> None:
        """Close its connections."""
        with self._lock:
            self._transport.close()
