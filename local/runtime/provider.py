"""An OpenID provider that has signed a pool's users in, and pushes their logouts to the API."""

from __future__ import annotations

import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.aws.answers import Answers
from local.clock import WallClock

_AUDIENCE = "deployment"
_LIFE_SECONDS = 120
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class PushingProvider:
    """Its keys are published over TLS; users are named as they are in the pool."""

    issuer = "https://id.example.com"

    def __init__(self, answers: Answers, clock: WallClock) -> None:
        self._clock = clock
        self._key, self._forged = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)
        )
        jwk = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self._key_set_url = answers.publish({"keys": [{**jwk, "kid": "key1", "use": "sig"}]})

    @property
    def transmitter(self) -> dict[str, Any]:
        """What a deployment states of it."""
        return {
            "issuer": self.issuer,
            "audiences": [_AUDIENCE],
            "keySetUrl": self._key_set_url,
            "cognitoUser": "username",
        }

    def logout_token(self, user: str, *, is_forged: bool = False) -> str:
        """A user's logout (OpenID Connect Back-Channel Logout 1.0, section 2.4)."""
        now = int(self._clock())
        claims = {
            "iss": self.issuer,
            "aud": _AUDIENCE,
            "sub": user,
            "iat": now,
            "exp": now + _LIFE_SECONDS,
            "jti": str(uuid.uuid4()),
            "events": {_EVENT: {}},
        }
        return jwt.encode(
            claims,
            self._forged if is_forged else self._key,
            algorithm="RS256",
            headers={"kid": "key1", "typ": "logout+jwt"},
        )
