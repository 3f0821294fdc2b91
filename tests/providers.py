"""OpenID providers beside Cognito: their keys, tokens and endpoints, in memory."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.hashes import SHA256

from tests.cognito import FakeCognito
from tests.tokens import NOW, b64, public_jwk, rsa_key
from transport import Answer, Deadline, TransportError

AUTH0 = "https://tenant.eu.auth0.com/"
OKTA = "https://example.okta.com/oauth2/default"
API = "https://api.example.com"
SECRET_PARAMETER = "/authorizer/introspection"


def ec_key(name: str, curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    """A private key for each name, made once per process."""
    return _ec_key(name, curve)


@cache
def _ec_key(_name: str, curve: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[curve])


def ec_jwk(name: str, curve: str = "P-256", **members: Any) -> dict[str, Any]:
    """The public half of an elliptic key, with members added or replaced."""
    numbers = ec_key(name, curve).public_key().public_numbers()
    size = {"P-256": 32, "P-384": 48}[curve]
    point = {axis: b64(getattr(numbers, axis).to_bytes(size, "big")) for axis in ("x", "y")}
    return {"kty": "EC", "crv": curve, "kid": name, "use": "sig", **point} | members


def signature(algorithm: str, key: str, signing_input: bytes) -> bytes:
    """By RS256, PS256 or ES256 (RFC 7518, section 3)."""
    if algorithm == "ES256":
        r, s = utils.decode_dss_signature(ec_key(key).sign(signing_input, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if algorithm == "PS256":
        pss = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)
        return rsa_key(key).sign(signing_input, pss, SHA256())
    return rsa_key(key).sign(signing_input, padding.PKCS1v15(), SHA256())


def sign_by(
    algorithm: str, claims: Mapping[str, Any], *, key: str, header: Mapping[str, Any] | None = None
) -> str:
    """A token of these claims. ``header`` changes or adds members; None leaves one out."""
    members = {"alg": algorithm, "kid": key} | dict(header or {})
    written = {name: value for name, value in members.items() if value is not None}
    signing_input = f"{b64(json.dumps(written).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{signing_input}.{b64(signature(algorithm, key, signing_input.encode()))}"


def access_claims(issuer: str, **changes: Any) -> dict[str, Any]:
    """As RFC 9068 has them. A change to None leaves a claim out."""
    claims = {
        "iss": issuer,
        "sub": "ada",
        "aud": API,
        "client_id": "web",
        "scope": "openid read:orders",
        "jti": str(uuid.uuid4()),
        "sid": "sid1",
        "iat": NOW,
        "auth_time": NOW,
        "exp": NOW + 3600,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


@dataclass
class FakeProvider:
    """One provider's endpoints."""

    issuer: str
    keys: list[dict[str, Any]]
    failure: Answer | TransportError | None = None
    """Introspection and USERINFO fail with it."""
    ended: set[str] = field(default_factory=set)
    """Digests of tokens that are no longer active."""
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    revoked: list[Mapping[str, list[str]]] = field(default_factory=list)
    """What its revocation endpoint was sent."""
    key_set_path: str = "/keys"

    @property
    def introspections(self) -> int:
        """How often it was asked about tokens."""
        return sum(url.endswith("/introspect") for url, _ in self.asked)

    def end(self, token: str) -> None:
        """Let a token be active no longer."""
        self.ended.add(_digest(token))

    def answer(self, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """What the endpoint at ``url`` says."""
        self.asked.append((url, headers))
        if url.endswith("/.well-known/openid-configuration"):
            document: Any = {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer.rstrip('/')}{self.key_set_path}",
            }
        elif url.endswith(self.key_set_path):
            document = {"keys": self.keys}
        elif isinstance(self.failure, TransportError):
            raise self.failure
        elif self.failure is not None:
            return self.failure
        elif url.endswith("/revoke"):
            self.revoked.append(parse_qs((body or b"").decode()))
            return Answer(200, b"")
        elif url.endswith("/introspect"):
            [token] = parse_qs((body or b"").decode())["token"]
            document = {"active": _digest(token) not in self.ended}
        else:
            token = headers["Authorization"].removeprefix("Bearer ")
            if _digest(token) in self.ended:
                return Answer(401, b"", challenge='Bearer error="invalid_token"')
            document = {"sub": "ada"}
        return Answer(200, json.dumps(document).encode())


class FakeWorld(FakeCognito):
    """Cognito, Systems Manager, and providers beside them, behind one transport."""

    def __init__(self, *providers: FakeProvider) -> None:
        super().__init__()
        self.providers = providers
        self.secret: Answer | TransportError = Answer(
            200, json.dumps({"Parameter": {"Value": "the secret"}}).encode()
        )

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
        for provider in self.providers:
            if url.startswith(provider.issuer.rstrip("/") + "/"):
                return provider.answer(url, headers, body)
        if headers.get("x-amz-target") == "AmazonSSM.GetParameter":
            if isinstance(self.secret, TransportError):
                raise self.secret
            return self.secret
        return super().request(
            method, url, headers=headers, body=body, max_bytes=max_bytes, deadline=deadline
        )


def auth0_keys(*names: str) -> list[dict[str, Any]]:
    """RSA keys as Auth0 publishes them."""
    return [public_jwk(name) for name in names]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
