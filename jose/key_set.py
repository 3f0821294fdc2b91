"""JSON Web Key Sets (RFC 7517), read strictly: what no allowed algorithm can use is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from jose.compact import decode_segment
from jose.faults import Fault, JoseError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    PublicKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey

RS256_ONLY = frozenset({"RS256"})

MAX_KEYS = 32
#: RFC 7518, section 3.3: a key of 2048 bits or larger must be used with RS256.
MIN_RSA_BITS = 2048
#: Public exponents are odd, from 3, and below this (FIPS 186-5, appendix A.1.1: 2**256).
_EXPONENT_END = 1 << 256


class KeySetError(Exception):
    """A document is not a usable JSON Web Key Set."""


class KeySet(NamedTuple):
    """Keys by name, and when they were fetched (seconds since the epoch)."""

    keys: Mapping[str, PublicKey]
    fetched_at: float
    stated: Mapping[str, str] = MappingProxyType({})
    """The algorithms of those keys that are stated for one only (RFC 8725, section 3.1)."""


def parse_key_set(
    document: Any, *, fetched_at: float, algorithms: frozenset[str] = RS256_ONLY
) -> KeySet:
    """Read a JSON Web Key Set (RFC 7517), keeping only what can verify one of the algorithms.

    Keys of other types, uses or algorithms are passed over, as RFC 7517, section 5 asks. Two
    different keys of one name make the whole set unusable: nobody could say which is meant.

    Raises:
        KeySetError: if it is not a key set or no usable key is in it.
    """
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list) or len(members) > MAX_KEYS:
        raise KeySetError("not a key set")
    keys: dict[str, PublicKey] = {}
    stated: dict[str, str] = {}
    for member in members:
        named = _usable_key(member, algorithms)
        if named is None:
            continue
        kid, key = named
        if kid in keys and keys[kid].public_numbers() != key.public_numbers():
            raise KeySetError("two keys of one name")
        keys[kid] = key
        if "alg" in member:
            stated[kid] = member["alg"]
    if not keys:
        raise KeySetError("no usable key")
    return KeySet(keys, fetched_at, stated)


def _usable_key(member: Any, algorithms: frozenset[str]) -> tuple[str, PublicKey] | None:
    if not isinstance(member, dict):
        return None
    kid = member.get("kid")
    if not isinstance(kid, str) or not kid:
        return None
    kind = member.get("kty")
    fitting = _FITTING.get(kind, frozenset()) & algorithms if isinstance(kind, str) else frozenset()
    algorithm = member.get("alg")
    if (
        not fitting
        or member.get("use", "sig") != "sig"
        or not _is_for_verifying(member)
        or ("alg" in member and not (isinstance(algorithm, str) and algorithm in fitting))
        or "d" in member
    ):
        return None
    try:
        key = _rsa_key(member) if kind == "RSA" else _elliptic_key(member)
    except (JoseError, ValueError):
        return None
    return kid, key


def _is_for_verifying(member: Mapping[str, Any]) -> bool:
    """Whether its operations, where they are listed (RFC 7517, section 4.3), include this one."""
    operations = member.get("key_ops", ["verify"])
    return isinstance(operations, list) and "verify" in operations


#: By a key's type (RFC 7518, sections 3.1 and 6.1).
_FITTING = {"RSA": frozenset({"RS256", "PS256"}), "EC": frozenset({"ES256"})}


def _elliptic_key(member: Mapping[str, Any]) -> EllipticCurvePublicKey:
    from jose.further_algorithms import elliptic_key  # noqa: PLC0415  # most deployments need none

    return elliptic_key(member)


def _rsa_key(member: Mapping[str, Any]) -> RSAPublicKey:
    return _public_key(_number(member.get("n")), _number(member.get("e")))


def _public_key(modulus: int, exponent: int) -> RSAPublicKey:
    """Raises ValueError: if no RS256 key has these numbers."""
    if modulus.bit_length() < MIN_RSA_BITS or modulus % 2 == 0:
        raise ValueError("no modulus of a key that is long enough")
    if not 3 <= exponent < _EXPONENT_END:
        raise ValueError("no public exponent")
    # Even exponents are refused here, and those that are not below the modulus.
    return RSAPublicNumbers(exponent, modulus).public_key()


def _number(text: Any) -> int:
    """A Base64urlUInt (RFC 7518, section 2); zero octets in front change nothing.

    Raises:
        JoseError: if it is none.
    """
    if not isinstance(text, str):
        raise JoseError(Fault.TOKEN_MALFORMED)
    return int.from_bytes(decode_segment(text.encode()), "big")


def read_bundled_keys(path: Path, issuer: str) -> KeySet | None:
    """Keys that were bundled at deploy time, if the file holds some of this issuer.

    The file is ``{"fetched_at": <epoch seconds>, "issuers": {"<issuer>": {"keys": [...]}}}``.

    Raises:
        KeySetError: if it is not such a file. A broken bundle stops the start-up.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        fetched_at = document["fetched_at"]
        key_set = document["issuers"].get(issuer)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise KeySetError("not a file of bundled keys") from None
    if type(fetched_at) is not int:
        raise KeySetError("bundled keys do not say when they were fetched")
    return None if key_set is None else parse_key_set(key_set, fetched_at=fetched_at)
