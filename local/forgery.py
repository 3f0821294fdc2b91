"""A forged token: everything as in a good one, but for who signed it."""

from __future__ import annotations

import functools

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


def sign_anew(token: str) -> str:
    """The same header and claims, ``kid`` included, signed with a key of our own."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(
        claims, _own_key(), algorithm="RS256", headers={"kid": header["kid"], "typ": None}
    )


@functools.cache
def _own_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
