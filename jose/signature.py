"""Verifies signatures of tokens: RS256 here (RFC 7518, section 3.3; RFC 8017, section 8.2.2).

The other algorithms are in :mod:`jose.further_algorithms`, which is imported only where an issuer
is stated to use them.

By cryptography itself (``docs/decisions/0009-signatures-by-cryptography-alone.md``): OpenSSL checks
that a signature is as long as its key's modulus, below it, and padded in the one way that there is.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from jose.key_set import PublicKey

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


class SignatureCheck(Protocol):
    """Whether a key has made a signature over an input by one algorithm; never an exception."""

    def __call__(self, key: PublicKey, signing_input: bytes, signature: bytes) -> bool:
        """A key of another type than the algorithm's has not."""
        ...


def signature_check(algorithm: str) -> SignatureCheck:
    """The check of one algorithm (RFC 7518, section 3.1).

    Raises:
        KeyError: nobody here knows it.
    """
    if algorithm == "RS256":
        return _is_rs256
    from jose.further_algorithms import CHECKS  # noqa: PLC0415  # most deployments need none

    return CHECKS[algorithm]


def _is_rs256(key: PublicKey, signing_input: bytes, signature: bytes) -> bool:
    return _is_rsa(type(key)) and is_rs256_signature(key, signing_input, signature)  # type: ignore[arg-type]  # as was just found


# Abstract types are slow to be asked, and there are two kinds of keys.
@lru_cache(maxsize=8)
def _is_rsa(kind: type) -> bool:
    return issubclass(kind, RSAPublicKey)
