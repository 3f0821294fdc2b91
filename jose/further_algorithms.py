"""PS256 and ES256 (RFC 7518, sections 3.4 and 3.5), for issuers that are stated to sign by them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from jose.compact import decode_segment

if TYPE_CHECKING:
    from jose.signature import SignatureCheck

#: The salt is as long as the digest (RFC 7518, section 3.5).
_PSS = PSS(mgf=MGF1(SHA256()), salt_length=32)
_DIGEST = Prehashed(SHA256())
_P256_BYTES = 32


def _is_ps256(key: object, signing_input: bytes, signature: bytes) -> bool:
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, sha256(signing_input).digest(), _PSS, _DIGEST)
    except InvalidSignature:
        return False
    return True


def _is_es256(key: object, signing_input: bytes, signature: bytes) -> bool:
    """The signature is R and S, 32 bytes each (RFC 7518, section 3.4), and not in DER."""
    if not isinstance(key, EllipticCurvePublicKey) or len(signature) != 2 * _P256_BYTES:
        return False
    r = int.from_bytes(signature[:_P256_BYTES], "big")
    s = int.from_bytes(signature[_P256_BYTES:], "big")
    try:
        key.verify(encode_dss_signature(r, s), sha256(signing_input).digest(), ECDSA(_DIGEST))
    except InvalidSignature:
        return False
    return True


CHECKS: Mapping[str, SignatureCheck] = {"PS256": _is_ps256, "ES256": _is_es256}


def elliptic_key(member: Mapping[str, Any]) -> EllipticCurvePublicKey:
    """The public key in a JSON Web Key of the curve P-256 (RFC 7518, section 6.2.1).

    Raises:
        ValueError: there is none, or the point is not on the curve.
        jose.faults.JoseError: a coordinate is not base64url.
    """
    if member.get("crv") != "P-256":
        raise ValueError("another curve")
    x, y = (_coordinate(member.get(name)) for name in ("x", "y"))
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()


def _coordinate(text: Any) -> int:
    """As long as the curve's field, zero octets in front included."""
    octets = decode_segment(text.encode()) if isinstance(text, str) else b""
    if len(octets) != _P256_BYTES:
        raise ValueError("no coordinate")
    return int.from_bytes(octets, "big")
