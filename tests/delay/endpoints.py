"""The Lambdas behind routes, without what they report: the sign-out endpoint and the receivers.

Each is wired when it is first called, and lives as long as its schedule.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from receivers import wiring as receivers_wiring
from receivers.flow import Receiver
from receivers.report import Report as Received
from receivers.telemetry import Telemetry as ReceiverTelemetry
from receivers.transmitters import Kind
from sign_out import wiring as sign_out_wiring
from sign_out.flow import SignOut
from sign_out.report import Report as SignedOut
from sign_out.telemetry import Telemetry as SignOutTelemetry
from tests.delay import environments
from tests.delay.orders import Orders
from tests.delay.world import World

_JSON = {"content-type": "application/json"}


class _SignOutReports(SignOutTelemetry):
    def __init__(self) -> None:
        self.last: SignedOut | None = None

    def report(self, report: SignedOut, request_id: str) -> None:
        self.last = report


class _ReceiverReports(ReceiverTelemetry):
    def __init__(self) -> None:
        self.last: Received | None = None

    def report(self, report: Received, request_id: str) -> None:
        self.last = report


class Endpoints:
    """One sandbox of each Lambda, around the world's table."""

    def __init__(self, world: World, orders: Orders) -> None:
        self._world = world
        self._orders = orders
        self._sign_out: SignOut | None = None
        self._receivers: dict[Kind, Receiver] = {}

    def are_well(self, issuer: str, kid: str) -> bool:
        """Whether nothing fails around them, and they can have the key of that name.

        Then a good order is carried out: who never promises anything breaks no promise.
        """
        world, table = self._world, self._world.table
        source, keys = world.issuers[issuer], self._orders.key_sets[issuer]
        has_ledger = table.failure is None and not table.is_partial and not table.loses_answers
        # The last fetch may have been any of theirs.
        is_rationed = keys.is_rationed(world.now)
        has_key = source.key_failure is None and kid in source.keys and not is_rationed
        return world.is_alone and has_ledger and has_key

    def sign_out(self, body: Mapping[str, Any], access_token: str | None) -> int:
        """``POST /sign-out``; the status."""
        if self._sign_out is None:
            environ = environments.sign_out(self._world.drawn)
            self._sign_out = sign_out_wiring.wire(environ, **self._around("sign-out"))
            self._sign_out._telemetry = _SignOutReports()
        bearer = {} if access_token is None else {"authorization": f"Bearer {access_token}"}
        answer = self._sign_out.handle(_post(json.dumps(body), _JSON | bearer))
        return self._status(answer)

    def receive(self, kind: Kind, token: str, sub_id: Any = None) -> int:
        """A message of the provider's; the status, or 503 where an outage is a 400."""
        if kind not in self._receivers:
            environ = environments.receiver(self._world.drawn, kind)
            receiver = receivers_wiring.wire(environ, kind, **self._around(kind.value))
            receiver._telemetry = _ReceiverReports()
            self._receivers[kind] = receiver
        if kind is Kind.BACKCHANNEL_LOGOUT:
            form = {"content-type": "application/x-www-form-urlencoded"}
            event = _post(urlencode({"logout_token": token}), form)
        elif kind is Kind.SECURITY_EVENTS:
            event = _post(token, {"content-type": "application/secevent+jwt"})
        else:
            bearer = {"authorization": f"Bearer {token}"}
            event = _post(json.dumps({"sub_id": sub_id}), _JSON | bearer)
        return self._status(self._receivers[kind].handle(event))

    def _status(self, answer: Mapping[str, Any]) -> int:
        status: int = answer["statusCode"]
        if "temporarily_unavailable" in answer.get("body", ""):
            status = 503
        self._world.say(f"    … answered {status}")
        return status

    def _around(self, name: str) -> dict[str, Any]:
        world = self._world
        return {
            "clock": world.hook_clock,
            "monotonic": world.clock,
            "transport": self._orders,
            "ledger_calls": world.call_ledger,
            "cognito_calls": self._orders.call,
            "log_stream": io.StringIO(),
            "service": f"delay-{name}",
        }


def _post(text: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "version": "2.0",
        "headers": dict(headers),
        "requestContext": {"http": {"method": "POST"}},
        "body": text,
        "isBase64Encoded": False,
    }
