"""RSASSA-PKCS1-v1_5 signatures whose padding is not the one that RFC 8017, section 9.2 makes.

The kinds are those of Wycheproof's flags: ModifiedPadding, BerEncodedPadding, InvalidAsnInPadding,
MissingNull, ShortPadding, NoHash, WrongHash. With an exponent of 3 some of them let anybody forge
(CVE-2006-4339); a verifier that compares whole encodings refuses all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tests.tokens import rsa_key

_BYTES = 256
_SHA256 = bytes.fromhex("0609608648016503040201")
_SHA1 = bytes.fromhex("06052b0e03021a")
_SHA384 = bytes.fromhex("0609608648016503040202")
_NULL = bytes.fromhex("0500")


def signed_encodings(signing_input: bytes, key: str) -> Mapping[str, bytes]:
    """A signature for each kind of padding, the right one (``Correct``) among them."""
    numbers = rsa_key(key).private_numbers()
    modulus, exponent = numbers.public_numbers.n, numbers.d
    return {
        name: pow(int.from_bytes(encoded), exponent, modulus).to_bytes(_BYTES)
        for name, encoded in _encodings(hashlib.sha256(signing_input).digest()).items()
    }


def _encodings(digest: bytes) -> dict[str, bytes]:
    octets = _element(0x04, digest)
    right = _element(0x30, _element(0x30, _SHA256 + _NULL) + octets)
    long_form = b"\x30\x81" + right[1:]
    indefinite = b"\x30\x80" + right[2:] + b"\x00\x00"
    encoded = _padded(right)
    return {
        "Correct": encoded,
        "MissingNull": _padded(_element(0x30, _element(0x30, _SHA256) + octets)),
        "NullTwice": _padded(_element(0x30, _element(0x30, _SHA256 + 2 * _NULL) + octets)),
        "GarbageAsParameters": _padded(
            _element(0x30, _element(0x30, _SHA256 + _element(0x04, bytes(160))) + octets)
        ),
        "AppendedNull": _padded(_element(0x30, _element(0x30, _SHA256 + _NULL) + octets + _NULL)),
        "PrependedSequence": _padded(_element(0x30, b"\x30\x00" + right[2:])),
        "RepeatedDigest": _padded(
            _element(0x30, _element(0x30, _SHA256 + _NULL) + octets + octets)
        ),
        "LongFormLength": _padded(long_form),
        "LengthWithLeadingZero": _padded(b"\x30\x82\x00" + right[1:]),
        "IndefiniteLength": _padded(indefinite),
        "LengthTooLong": _padded(b"\x30" + bytes([right[1] + 1]) + right[2:]),
        "LengthOverflow": _padded(b"\x30\x85\x01\x00\x00\x00" + right[1:]),
        "WrongTag": _padded(b"\x31" + right[1:]),
        "DigestTruncated": _padded(
            _element(0x30, _element(0x30, _SHA256 + _NULL) + _element(0x04, digest[:-1]))
        ),
        "OidOfSha1": _padded(_element(0x30, _element(0x30, _SHA1 + _NULL) + octets)),
        "OidOfSha384": _padded(_element(0x30, _element(0x30, _SHA384 + _NULL) + octets)),
        "NoHash": _padded(octets),
        "DigestAlone": _padded(digest),
        "ShortPadding": b"\x00\x01"
        + 8 * b"\xff"
        + b"\x00"
        + right
        + bytes(_BYTES - 11 - len(right)),
        "ShortPaddingOfZeros": bytes(_BYTES - len(right) - 11)
        + b"\x00\x01"
        + 8 * b"\xff"
        + b"\x00"
        + right,
        "BlockType0": b"\x00\x00" + encoded[2:],
        "BlockType2": b"\x00\x02" + encoded[2:],
        "NoLeadingZero": b"\x01\x01" + encoded[2:],
        "PaddingOfOtherBytes": encoded[:20] + b"\xfe" + encoded[21:],
        "ZeroInPadding": encoded[:20] + b"\x00" + encoded[21:],
        "NoSeparator": encoded.replace(b"\xff\x00\x30", b"\xff\xff\x30"),
        "ZeroDigest": _padded(
            _element(0x30, _element(0x30, _SHA256 + _NULL) + _element(0x04, bytes(32)))
        ),
    }


def _element(tag: int, content: bytes) -> bytes:
    """One DER element. The long form of a length is used where it has to be."""
    length = len(content)
    head = bytes([length]) if length < 0x80 else b"\x81" + bytes([length])
    return bytes([tag]) + head + content


def _padded(encoded: bytes) -> bytes:
    return b"\x00\x01" + b"\xff" * (_BYTES - len(encoded) - 3) + b"\x00" + encoded
