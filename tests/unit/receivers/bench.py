"""One receiver, wired as in Lambda, on fake transmitters, table and pool, and a moved clock."""

from __future__ import annotations

import io
import itertools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cognito.errors import CognitoError
from ledger.rows import SessionRow, UserRow, session_name, user_name
from local.clock import MovableClock
from receivers.backchannel_logout import EVENT
from receivers.security_events import SESSION_REVOKED
from receivers.transmitters import Kind
from receivers.wiring import wire
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.providers import sign_by
from tests.tokens import ISSUER as POOL_ISSUER
from tests.tokens import NOW, POOL_ID, public_jwk
from transport import Answer, Deadline, TransportError

ISSUER = "https://id.example.com"
OTHER = "https://id.example.com/other"
KEYS = {ISSUER: "key1", OTHER: "key2"}
CLIENT = "client1"
ENDPOINT = "https://api.example.com/global-revocation"
SECRET = "Bearer the-secret-of-the-stream"
#: Of Cognito's own, unlike any subject at a transmitter.
COGNITO_SUB = "0a1b2c3d-cognito"

TRANSMITTER: dict[Kind, dict[str, Any]] = {
    Kind.BACKCHANNEL_LOGOUT: {"audiences": [CLIENT], "sessionClaim": "sid"},
    Kind.SECURITY_EVENTS: {"audiences": [CLIENT], "sessionClaim": "sid"},
    Kind.GLOBAL_REVOCATION: {"clientIds": [CLIENT]},
}
TYPES = {
    Kind.BACKCHANNEL_LOGOUT: "logout+jwt",
    Kind.SECURITY_EVENTS: "secevent+jwt",
    Kind.GLOBAL_REVOCATION: "global-token-revocation+jwt",
}
_NUMBERS = itertools.count()


class Network:
    """Key sets and metadata of two transmitters, and a parameter. Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure: TransportError | None = None
        self.secret = SECRET
        self.secret_failure: TransportError | None = None
        self.key_sets = {
            issuer: {"keys": [public_jwk(key, kid="kid")]} for issuer, key in KEYS.items()
        }

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
        assert deadline.remaining_seconds() > 0
        self.asked.append(url)
        if headers.get("x-amz-target") == "AmazonSSM.GetParameter":
            if self.secret_failure is not None:
                raise self.secret_failure
            return _json({"Parameter": {"Value": self.secret}})
        if self.failure is not None:
            raise self.failure
        return _json(self._documents()[url])

    def _documents(self) -> dict[str, Any]:
        documents: dict[str, Any] = {}
        for issuer, keys in self.key_sets.items():
            path = issuer.removeprefix("https://id.example.com")
            metadata = {"issuer": issuer, "jwks_uri": f"{issuer}/keys"}
            documents |= {
                f"{issuer}/.well-known/openid-configuration": metadata,
                f"https://id.example.com/.well-known/ssf-configuration{path}": metadata,
                f"{issuer}/keys": keys,
            }
        return documents


def _json(document: Any) -> Answer:
    return Answer(200, json.dumps(document).encode())


@dataclass
class FakePool:
    """Cognito's operations as a receiver calls them; see :class:`cognito.calls.Calls`."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    failures: dict[str, CognitoError] = field(default_factory=dict)

    def add(self, username: str, *, status: str = "CONFIRMED", sub: str = COGNITO_SUB) -> None:
        """A user of the pool."""
        attributes = [{"Name": "sub", "Value": sub}] if sub else []
        self.users[username.casefold()] = {
            "Username": username,
            "UserStatus": status,
            "UserAttributes": attributes,
        }

    def __call__(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        assert deadline.remaining_seconds() > 0
        assert arguments["UserPoolId"] == POOL_ID
        username: str = arguments["Username"]
        self.calls.append((operation, username))
        if operation in self.failures:
            raise self.failures[operation]
        if username.casefold() not in self.users:
            raise refused("UserNotFoundException")
        return self.users[username.casefold()] if operation == "AdminGetUser" else {}

    @property
    def signed_out(self) -> list[str]:
        """Whose tokens were revoked."""
        return [user for operation, user in self.calls if operation != "AdminGetUser"]


def refused(code: str) -> CognitoError:
    """An error of Cognito's."""
    return CognitoError(code, may_pass=False)


@dataclass
class Bench:
    """Wired anew for each test. ``stated`` changes the first transmitter; None takes away."""

    kind: Kind
    stated: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    others: tuple[dict[str, Any], ...] = ()
    network: Network = field(default_factory=Network)
    table: FakeDynamoDb = field(default_factory=FakeDynamoDb)
    pool: FakePool = field(default_factory=FakePool)
    clock: MovableClock = field(default_factory=lambda: MovableClock(NOW + 5))
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        transmitter = {"issuer": ISSUER} | TRANSMITTER[self.kind] | self.stated
        first = {name: value for name, value in transmitter.items() if value is not None}
        environment = {
            "TRANSMITTERS": json.dumps([first, *self.others]),
            "LEDGER_TABLE": TABLE,
            "USER_POOL_ID": POOL_ID,
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }
        if self.kind is Kind.GLOBAL_REVOCATION:
            environment["ENDPOINT_URL"] = ENDPOINT
        self.receiver = wire(
            environment | self.environment,
            self.kind,
            clock=self.clock,
            monotonic=self.clock,
            transport=self.network,
            ledger_calls=self.table,
            cognito_calls=self.pool,
            log_stream=self.log,
            service=f"receiver-{next(_NUMBERS)}",
        )

    def token(
        self,
        header: Mapping[str, Any] | None = None,
        *,
        key: str = "key1",
        algorithm: str = "RS256",
        **changes: Any,
    ) -> str:
        """A message of the first transmitter's. A change to None leaves a claim out."""
        claims = claims_of(self.kind) | changes
        written = {name: value for name, value in claims.items() if value is not None}
        members = {"kid": "kid", "typ": TYPES[self.kind]} | dict(header or {})
        return sign_by(algorithm, written, key=key, header=members)

    def send(self, token: str | None = None, body: Any = None, **changes: Any) -> dict[str, Any]:
        """Deliver a token, as the kind's specification has it, through an HTTP API."""
        token = self.token(**changes) if token is None else token
        headers: dict[str, str] = {}
        if self.kind is Kind.BACKCHANNEL_LOGOUT:
            headers["content-type"] = "application/x-www-form-urlencoded"
            text = urlencode({"logout_token": token})
        elif self.kind is Kind.SECURITY_EVENTS:
            headers["content-type"] = "application/secevent+jwt"
            if "authorizationParameter" in self.stated:
                headers["authorization"] = SECRET
            text = token
        else:
            headers |= {"content-type": "application/json", "authorization": f"Bearer {token}"}
            text = json.dumps({"sub_id": iss_sub()} if body is None else body)
        return self.post(text, headers)

    def post(
        self, text: str | None, headers: Mapping[str, str], method: str = "POST"
    ) -> dict[str, Any]:
        """Send anything."""
        event = {
            "version": "2.0",
            "headers": dict(headers),
            "requestContext": {"http": {"method": method}},
            "body": text,
            "isBase64Encoded": False,
        }
        return self.receiver.handle(event, "request-1")

    @property
    def line(self) -> dict[str, Any]:
        """The last log line."""
        line: dict[str, Any] = json.loads(self.log.getvalue().splitlines()[-1])
        return line

    @property
    def reason(self) -> str:
        """Why the last message was refused; empty if it was not."""
        line = self.line
        return str(line["reason"]) if line["outcome"] == "refused" else ""

    def session(self, session_id: str = "sid1", issuer: str = ISSUER) -> SessionRow:
        """A session's row in the ledger."""
        return SessionRow.read(self.table.rows.get(session_name(issuer, "", session_id), {}))

    def user(self, subject: str = "ada", issuer: str = ISSUER) -> UserRow:
        """A user's row in the ledger."""
        return UserRow.read(self.table.rows.get(user_name(issuer, subject), {}))

    @property
    def cognito_user(self) -> UserRow:
        """The Cognito user's row in the ledger."""
        return self.user(COGNITO_SUB, POOL_ISSUER)

    @property
    def marks(self) -> set[str]:
        """All rows but those of messages."""
        return {name for name in self.table.rows if not name.startswith("replay#")}


def iss_sub(user: str = "ada", issuer: str = ISSUER) -> dict[str, str]:
    """RFC 9493, section 3.2.3."""
    return {"format": "iss_sub", "iss": issuer, "sub": user}


def opaque(name: str) -> dict[str, str]:
    """RFC 9493, section 3.2.4."""
    return {"format": "opaque", "id": name}


def claims_of(kind: Kind) -> dict[str, Any]:
    """A good message's claims."""
    claims = {"iss": ISSUER, "aud": CLIENT, "iat": NOW, "jti": str(uuid.uuid4())}
    if kind is Kind.BACKCHANNEL_LOGOUT:
        return claims | {"exp": NOW + 120, "sub": "ada", "sid": "sid1", "events": {EVENT: {}}}
    if kind is Kind.SECURITY_EVENTS:
        return claims | {"sub_id": iss_sub(), "events": {SESSION_REVOKED: {}}}
    return claims | {"aud": ENDPOINT, "sub": CLIENT, "exp": NOW + 300, "nbf": NOW - 300}
