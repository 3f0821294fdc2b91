"""What the Lambdas ask AWS for, seen on the wire: IAM judges signed calls, and only those."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from ledger.dynamodb import ConditionFailedError
from local.server import LoopbackServer
from tests.cognito import FakeCognito
from tests.dynamodb import FakeDynamoDb
from transport import Deadline

_TARGET = re.compile(r"\w+\.(?P<operation>\w+)")
_SCOPE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request"
)
_COGNITO = "https://cognito-idp.eu-west-1.amazonaws.com/"


@dataclass
class SignedCalls:
    """A small AWS on one address: a pool and a table in memory. Notes every signed call."""

    cognito: FakeCognito = field(default_factory=FakeCognito)
    table: FakeDynamoDb = field(default_factory=FakeDynamoDb)
    pool_answers: Mapping[str, Any] = field(default_factory=dict)
    """What Cognito answers to signed calls, by operation; nothing where none is given."""
    seen: set[tuple[str, str]] = field(default_factory=set)
    """IAM actions, each with the name of the table or the pool's id."""
    unsigned: set[str] = field(default_factory=set)
    """Operations that anybody may call."""

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its address, while it is up."""
        with LoopbackServer(Request.application(self._answer)) as server:
            yield server.url

    def _answer(self, request: Request) -> Response:
        if request.method == "GET":
            return self._ask_cognito("GET", f"https://any{request.path}", request)
        target = _TARGET.fullmatch(request.headers["X-Amz-Target"])
        assert target is not None
        operation = target["operation"]
        payload = json.loads(request.data)
        scope = _SCOPE.match(request.headers.get("Authorization", ""))
        if scope is None:
            self.unsigned.add(operation)
            return self._ask_cognito("POST", _COGNITO, request)
        for resource in _resources(payload):
            self.seen.add((f"{scope['service']}:{operation}", resource))
        if scope["service"] == "cognito-idp":
            said = json.dumps(self.pool_answers.get(operation, {}))
            return Response(said, headers={"x-amzn-RequestId": "request-1"})
        try:
            answer = self.table(operation, payload, _a_while())
        except ConditionFailedError:
            error = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}
            return Response(json.dumps(error), status=400)
        return Response(json.dumps(answer))

    def _ask_cognito(self, method: str, url: str, request: Request) -> Response:
        answer = self.cognito.request(
            method,
            url,
            headers=dict(request.headers),
            body=request.data or None,
            max_bytes=100_000,
            deadline=_a_while(),
        )
        return Response(answer.body, status=answer.status)


def _resources(payload: Mapping[str, Any]) -> list[str]:
    if "RequestItems" in payload:
        return list(payload["RequestItems"])
    return [payload[name] for name in ("TableName", "UserPoolId") if name in payload]


def _a_while() -> Deadline:
    return Deadline.after(5, lambda: 0)
