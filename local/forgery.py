"""A forged token: everything as in a good one, but for who signed it."""

from __future__ import annotations

import base64
import functools
import json

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


def sign_anew(token: str) -> str:
    """The same header and claims, ``kid`` included, signed with a key of our own."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(
        claims, _own_key(), algorithm="RS256", headers={"kid": header["kid"], "typ": None}
    )


def rename_key(token: str, kid: str) -> str:
    """The same claims and signature under a header that names another key."""
    header = base64.urlsafe_b64encode(json.dumps({"kid": kid, "alg": "RS256"}).encode())
    return ".".join([header.rstrip(b"=").decode(), *token.split(".")[1:]])


@functools.cache
def _own_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
