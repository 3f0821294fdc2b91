"""A Cognito that lives in memory, behind the transport: what the authorizer sees of the real one.

``tests/contracts/test_cognito_fake.py`` holds it against the local stack's Cognito.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from tests.tokens import key_set
from transport import Answer, Deadline, TransportError


class FakeCognito:
    """Answers for the key set, GetUser and USERINFO. Counts what it is asked."""

    def __init__(self) -> None:
        self.keys: Any = key_set("key1")
        self.revoked: set[str] = set()
        self.key_set_failure: Answer | TransportError | None = None
        self.session_failure: Answer | TransportError | None = None
        self.key_set_fetches = 0
        self.getuser_calls = 0
        self.userinfo_calls = 0

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
        assert max_bytes > 0
        if url.endswith("/.well-known/jwks.json"):
            assert (method, body) == ("GET", None)
            self.key_set_fetches += 1
            return _outcome(self.key_set_failure) or Answer(200, json.dumps(self.keys).encode())
        if url.endswith("/oauth2/userInfo"):
            self.userinfo_calls += 1
            return _outcome(self.session_failure) or self._userinfo(headers["Authorization"])
        assert (method, url) == ("POST", "https://cognito-idp.eu-west-1.amazonaws.com/")
        assert headers["X-Amz-Target"] == "AWSCognitoIdentityProviderService.GetUser"
        assert body is not None
        self.getuser_calls += 1
        return _outcome(self.session_failure) or self._getuser(json.loads(body)["AccessToken"])

    def _getuser(self, token: str) -> Answer:
        claims = claims_of(token)
        if claims["origin_jti"] in self.revoked:
            return refused("NotAuthorizedException", "Access Token has been revoked")
        attributes = [{"Name": "sub", "Value": claims["sub"]}]
        user = {"Username": claims["username"], "UserAttributes": attributes}
        return Answer(200, json.dumps(user).encode())

    def _userinfo(self, authorization: str) -> Answer:
        claims = claims_of(authorization.removeprefix("Bearer "))
        if claims["origin_jti"] in self.revoked:
            return Answer(401, b'{"error":"invalid_token"}')
        return Answer(200, json.dumps({"sub": claims["sub"]}).encode())


def refused(code: str, message: str = "", status: int = 400) -> Answer:
    """An error answer in Cognito's form."""
    return Answer(status, json.dumps({"__type": code, "message": message}).encode())


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unverified: the fake trusts its tests."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


def _outcome(failure: Answer | TransportError | None) -> Answer | None:
    if isinstance(failure, TransportError):
        raise failure
    return failure
