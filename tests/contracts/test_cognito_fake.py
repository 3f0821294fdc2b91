"""The fake Cognito of the tests answers as the local stack's does, so that it can't drift."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.clock import MovableClock
from local.stack import PASSWORD, LocalStack
from tests.cognito import FakeCognito, claims_of
from tests.tokens import ISSUER, NOW, SessionMaker, sign
from transport import Answer, Deadline, Transport
from transport.https import HttpsTransport

REAL_ENDPOINT = "https://cognito-idp.eu-west-1.amazonaws.com"


@dataclass
class Side:
    """One of the two: a living session's token, how to end the session, and where to ask."""

    transport: Transport
    endpoint: str
    key_set_url: str
    token: str
    revoke: Callable[[], object]

    def send(self, method: str, url: str, body: bytes | None = None) -> Answer:
        """As the authorizer sends it."""
        return self.transport.request(
            method,
            url,
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser",
            },
            body=body,
            max_bytes=100_000,
            deadline=Deadline.after(5, time.monotonic),
        )

    def getuser(self) -> tuple[int, dict[str, Any]]:
        """Ask about the session."""
        body = json.dumps({"AccessToken": self.token}).encode()
        answer = self.send("POST", f"{self.endpoint}/", body)
        document: dict[str, Any] = json.loads(answer.body)
        return answer.status, document


def fake() -> Side:
    """The fake."""
    cognito, session = FakeCognito(), SessionMaker()
    return Side(
        cognito,
        REAL_ENDPOINT,
        f"{ISSUER}/.well-known/jwks.json",
        sign(session.access()),
        lambda: cognito.revoked.add(session.origin_jti),
    )


@pytest.fixture(params=["fake", "local stack"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    """Each side in turn."""
    if request.param == "fake":
        yield fake()
        return
    transport = HttpsTransport(connect_timeout_ms=2000, read_timeout_ms=2500, clock=time.monotonic)
    with LocalStack(MovableClock(NOW)) as stack:
        stack.create_user("ada")
        client_id = stack.client_ids["laptop"]
        result = stack.sdk.initiate_auth(
            ClientId=client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        yield Side(
            transport,
            stack.cognito.url,
            f"{stack.cognito.url}/{stack.pool_id}/.well-known/jwks.json",
            result["AccessToken"],
            lambda: stack.sdk.revoke_token(Token=result["RefreshToken"], ClientId=client_id),
        )
        transport.close()


def test_a_living_session_has_a_user(side: Side) -> None:
    """GetUser answers 200 with the name and the subject that the token carries."""
    status, document = side.getuser()
    claims = claims_of(side.token)
    assert (status, document["Username"]) == (200, claims["username"])
    assert {"Name": "sub", "Value": claims["sub"]} in document["UserAttributes"]


def test_a_revoked_session_is_refused_in_cognitos_words(side: Side) -> None:
    """GetUser answers 400 with the class and the message of a revocation."""
    side.revoke()
    status, document = side.getuser()
    assert status == 400
    assert document["__type"] == "NotAuthorizedException"
    assert document["message"] == "Access Token has been revoked"


def test_the_key_set_verifies_rs256(side: Side) -> None:
    """The key set holds RSA keys with the members that the authorizer reads."""
    answer = side.send("GET", side.key_set_url)
    assert answer.status == 200
    for key in json.loads(answer.body)["keys"]:
        assert {"kid", "n", "e"} <= set(key)
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
