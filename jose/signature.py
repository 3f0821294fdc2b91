"""Verifies signatures of tokens (RFC 7518, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwt.algorithms import RSAAlgorithm

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


def is_rs256_signature(key: RSAPublicKey, signing_input: bytes, signature: bytes) -> bool:
    """Whether ``key`` has signed the input with RSASSA-PKCS1-v1_5 and SHA-256."""
    return _RS256.verify(signing_input, key, signature)
