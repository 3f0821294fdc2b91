"""Makes keys and tokens as Cognito does, and as attackers would. No key is ever committed."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

REGION = "eu-west-1"
POOL_ID = f"{REGION}_Pool1"
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{POOL_ID}"
ISSUER_NEW_FORM = f"https://issuer-cognito-idp.{REGION}.amazonaws.com/{POOL_ID}"
CLIENT_ID = "client1web"
MACHINE_CLIENT_ID = "client2machine"
ADMIN_SCOPE = "aws.cognito.signin.user.admin"
#: 2026-11-20T12:00:00Z
NOW = 1_795_176_000


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A private key for each name, made once per process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_jwk(name: str, **members: Any) -> dict[str, Any]:
    """The public half of a key as a JSON Web Key, with members added or replaced."""
    document: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(rsa_key(name).public_key()))
    return {
        "kty": document["kty"],
        "n": document["n"],
        "e": document["e"],
        "kid": name,
        "use": "sig",
        "alg": "RS256",
    } | members


def key_set(*names: str) -> dict[str, Any]:
    """A JSON Web Key Set of the named keys."""
    return {"keys": [public_jwk(name) for name in names]}


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign_raw(header: bytes, payload: bytes, key: str = "key1") -> str:
    """An RS256 signature over header and payload exactly as given."""
    signing_input = f"{b64(header)}.{b64(payload)}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signing_input.encode(), rsa_key(key))
    return f"{signing_input}.{b64(signature)}"


def sign(
    claims: Mapping[str, Any], *, key: str = "key1", header: Mapping[str, Any] | None = None
) -> str:
    """A token with these claims, signed by the named key."""
    members = {"alg": "RS256", "kid": key} | dict(header or {})
    return sign_raw(json.dumps(members).encode(), json.dumps(claims).encode(), key)


@dataclass
class SessionMaker:
    """Makes the claims of one sign-in and of its refreshes."""

    subject: str = field(default_factory=lambda: str(uuid.uuid4()))
    origin_jti: str = field(default_factory=lambda: str(uuid.uuid4()))
    signed_in_at: int = NOW

    def access(self, **changes: Any) -> dict[str, Any]:
        """The claims of an access token. A change to None leaves the claim out."""
        claims = {
            "iss": ISSUER,
            "sub": self.subject,
            "client_id": CLIENT_ID,
            "token_use": "access",
            "scope": ADMIN_SCOPE,
            "username": "ada",
            "iat": self.signed_in_at,
            "auth_time": self.signed_in_at,
            "exp": self.signed_in_at + 3600,
            "jti": str(uuid.uuid4()),
            "origin_jti": self.origin_jti,
        }
        return _without_none(claims | changes)

    def identity(self, **changes: Any) -> dict[str, Any]:
        """The claims of an ID token."""
        claims = {
            "iss": ISSUER,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "token_use": "id",
            "cognito:username": "ada",
            "email": "ada@example.com",
            "iat": self.signed_in_at,
            "auth_time": self.signed_in_at,
            "exp": self.signed_in_at + 3600,
            "jti": str(uuid.uuid4()),
            "origin_jti": self.origin_jti,
        }
        return _without_none(claims | changes)

    def machine(self, **changes: Any) -> dict[str, Any]:
        """The claims of a client-credentials token."""
        claims = {
            "iss": ISSUER,
            "sub": MACHINE_CLIENT_ID,
            "client_id": MACHINE_CLIENT_ID,
            "token_use": "access",
            "scope": "orders/read",
            "iat": self.signed_in_at,
            "auth_time": self.signed_in_at,
            "exp": self.signed_in_at + 3600,
            "jti": str(uuid.uuid4()),
        }
        return _without_none(claims | changes)


def _without_none(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if value is not None}
