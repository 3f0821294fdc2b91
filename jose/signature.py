"""Verifies signatures of tokens (RFC 7518, section 3.3; RFC 8017, section 8.2.2).

By cryptography itself (``docs/decisions/0009-signatures-by-cryptography-alone.md``): OpenSSL checks
that a signature is as long as its key's modulus, below it, and padded in the one way that there is.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_PADDING = PKCS1v15()
#: The digest is made by hashlib: the same OpenSSL, reached in fewer steps.
_DIGEST = Prehashed(SHA256())


def is_rs256_signature(key: RSAPublicKey, signing_input: bytes, signature: bytes) -> bool:
    """Whether ``key`` has signed the input with RSASSA-PKCS1-v1_5 and SHA-256."""
    try:
        key.verify(signature, sha256(signing_input).digest(), _PADDING, _DIGEST)
    except InvalidSignature:
        return False
    return True
