"""Cognito, its key set and the ledger on loopback, each of which can be put into a mood."""

from __future__ import annotations

import json
import time

from ledger.dynamodb import ConditionFailedError
from tests.cognito import FakeCognito
from tests.dynamodb import FakeDynamoDb
from tests.faults.certificates import Authority
from tests.faults.far_side import FarSide, Request
from tests.faults.fault import Component
from tests.faults.places import Places
from tests.tokens import ISSUER, REGION
from transport import Answer, Deadline


class FarSides:
    """The three components, and all places where they could be looked for in vain."""

    def __init__(self, authority: Authority, *, is_secure: bool = False) -> None:
        self.authority = authority
        self.places = Places(authority)
        self.issuer = FakeCognito()
        self.table = FakeDynamoDb()
        context = authority.server() if is_secure else None
        self.sides = {
            Component.COGNITO: FarSide(self._cognito, context),
            Component.KEYS: FarSide(self._keys, context),
            Component.LEDGER: FarSide(self._ledger, context),
        }

    def close(self) -> None:
        """End all of them."""
        for side in self.sides.values():
            side.close()
        self.places.close()

    def are_left(self) -> bool:
        """Whether the last connection to any of them ends."""
        return all(side.is_left() for side in self.sides.values()) and self.places.is_left()

    def renew(self) -> None:
        """Forget what earlier sandboxes did."""
        self.issuer, self.table = FakeCognito(), FakeDynamoDb()
        for side in self.sides.values():
            side.asked = 0

    def _cognito(self, request: Request) -> tuple[str, bytes]:
        target = {"X-Amz-Target": request.fields["x-amz-target"]}
        url = f"https://cognito-idp.{REGION}.amazonaws.com/"
        return _status_line(self._ask("POST", url, target, request.body))

    def _keys(self, _request: Request) -> tuple[str, bytes]:
        return _status_line(self._ask("GET", f"{ISSUER}/.well-known/jwks.json", {}, None))

    def _ask(self, method: str, url: str, fields: dict[str, str], body: bytes | None) -> Answer:
        return self.issuer.request(
            method, url, headers=fields, body=body, max_bytes=1, deadline=_plenty()
        )

    def _ledger(self, request: Request) -> tuple[str, bytes]:
        operation = request.fields["x-amz-target"].partition(".")[2]
        try:
            answer = self.table(operation, json.loads(request.body), _plenty())
        except ConditionFailedError:
            return "400 Bad Request", b'{"__type":"x#ConditionalCheckFailedException"}'
        return "200 OK", json.dumps(answer).encode()


def _plenty() -> Deadline:
    return Deadline.after(60, time.monotonic)


def _status_line(answer: Answer) -> tuple[str, bytes]:
    return f"{answer.status} OK", answer.body
