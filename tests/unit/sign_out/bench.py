"""One sign-out endpoint, wired as in Lambda, on a fake Cognito, a fake table and a moved clock."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cognito.errors import CognitoError
from ledger.rows import SessionRow, UserRow, session_name, user_name
from local.clock import MovableClock
from sign_out.wiring import wire
from tests.cognito import FakeCognito
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.tokens import CLIENT_ID, ISSUER, NOW, POOL_ID, SessionMaker, sign
from transport import Deadline

#: Five parts, as an encrypted JWT in compact form has.
REFRESH_TOKEN = "eyJjdHkiOiJKV1QifQ.key.iv.ciphertext.tag"
APP = "https://app.example.com"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "USER_POOL_ID": POOL_ID,
    "CLIENT_IDS": CLIENT_ID,
    "LEDGER_TABLE": TABLE,
    "LOGOUT_ENDPOINT": "https://login.example.com/logout",
    "RETURN_ADDRESSES": f"{APP}/,{APP}/bye",
    "ALLOWED_ORIGINS": APP,
    "ACCESS_TOKEN_COOKIE": "__Host-access",
    "REFRESH_TOKEN_COOKIE": "refresh",
}

_NUMBERS = itertools.count()


@dataclass
class FakeRevocation:
    """Cognito's operations as the endpoint calls them; see :class:`cognito.calls.Calls`."""

    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    failures: dict[str, CognitoError] = field(default_factory=dict)
    answers: dict[str, Mapping[str, Any]] = field(
        default_factory=lambda: {
            "DescribeUserPoolClient": {"UserPoolClient": {"ClientSecret": "the-secret"}}
        }
    )
    before: Callable[[str], object] = lambda _operation: None

    def __call__(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        assert deadline.remaining_seconds() > 0
        self.before(operation)
        self.calls.append((operation, arguments))
        if operation in self.failures:
            raise self.failures[operation]
        return self.answers.get(operation, {})


def refused(code: str) -> CognitoError:
    """An error of Cognito's."""
    return CognitoError(code, may_pass=False)


@dataclass
class Bench:
    """Wired anew for each test. ``environment`` changes or adds variables; "" takes one away."""

    environment: dict[str, str] = field(default_factory=dict)
    issuer: FakeCognito = field(default_factory=FakeCognito)
    table: FakeDynamoDb = field(default_factory=FakeDynamoDb)
    cognito: FakeRevocation = field(default_factory=FakeRevocation)
    clock: MovableClock = field(default_factory=lambda: MovableClock(NOW + 60))
    log: io.StringIO = field(default_factory=io.StringIO)
    maker: SessionMaker = field(default_factory=SessionMaker)

    def __post_init__(self) -> None:
        self.endpoint = wire(
            ENVIRONMENT | self.environment,
            clock=self.clock,
            monotonic=self.clock,
            transport=self.issuer,
            ledger_calls=self.table,
            cognito_calls=self.cognito,
            log_stream=self.log,
            service=f"sign-out-{next(_NUMBERS)}",
        )

    def token(self, **changes: Any) -> str:
        """An access token of the bench's session."""
        return sign(self.maker.access(**changes))

    def send(
        self,
        body: Any = None,
        *,
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        form: str | None = None,
        text: str | None = None,
        method: str = "POST",
    ) -> dict[str, Any]:
        """POST to the endpoint as through an HTTP API."""
        sent = {"content-type": "application/json"} | dict(headers or {})
        if bearer is not None:
            sent["authorization"] = f"Bearer {bearer}"
        if form is not None:
            sent["content-type"] = "application/x-www-form-urlencoded"
            text = form
        elif body is not None:
            text = json.dumps(body)
        pairs = cookies.items() if isinstance(cookies, Mapping) else cookies
        event = {
            "version": "2.0",
            "headers": sent,
            "cookies": [f"{name}={value}" for name, value in pairs],
            "requestContext": {"http": {"method": method}},
            "body": text,
            "isBase64Encoded": False,
        }
        return self.endpoint.handle(event, "request-1")

    def lines(self) -> list[dict[str, Any]]:
        """Log lines so far, without those of metrics."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    @property
    def operations(self) -> list[str]:
        """What Cognito was asked to do, in order."""
        return [operation for operation, _ in self.cognito.calls]

    @property
    def session(self) -> SessionRow:
        """The session's row in the ledger."""
        name = session_name(ISSUER, self.maker.subject, self.maker.origin_jti)
        return SessionRow.read(self.table.rows.get(name, {}))

    @property
    def user(self) -> UserRow:
        """The user's row in the ledger."""
        return UserRow.read(self.table.rows.get(user_name(ISSUER, self.maker.subject), {}))
