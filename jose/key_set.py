"""JSON Web Key Sets (RFC 7517), read strictly: only what can verify RS256 is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MAX_KEYS = 32
#: RFC 7518, section 3.3: a key of 2048 bits or larger must be used with RS256.
MIN_RSA_BITS = 2048


class KeySetError(Exception):
    """A document is not a usable JSON Web Key Set."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """RS256 keys by name, and when they were fetched (seconds since the epoch)."""

    keys: Mapping[str, RSAPublicKey]
    fetched_at: float


def parse_key_set(document: Any, *, fetched_at: float) -> KeySet:
    """Read a JSON Web Key Set (RFC 7517), keeping only what can verify RS256.

    Keys of other types, uses or algorithms are passed over, as RFC 7517, section 5 asks. Two
    different keys of one name make the whole set unusable: nobody could say which is meant.

    Raises:
        KeySetError: if it is not a key set or no usable key is in it.
    """
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list) or len(members) > MAX_KEYS:
        raise KeySetError("not a key set")
    keys: dict[str, RSAPublicKey] = {}
    for member in members:
        named = _usable_key(member)
        if named is None:
            continue
        kid, key = named
        if kid in keys and keys[kid].public_numbers() != key.public_numbers():
            raise KeySetError("two keys of one name")
        keys[kid] = key
    if not keys:
        raise KeySetError("no usable key")
    return KeySet(keys, fetched_at)


def _usable_key(member: Any) -> tuple[str, RSAPublicKey] | None:
    if not isinstance(member, dict):
        return None
    kid = member.get("kid")
    if not isinstance(kid, str) or not kid:
        return None
    if (
        member.get("kty") != "RSA"
        or member.get("use", "sig") != "sig"
        or member.get("alg", "RS256") != "RS256"
        or "d" in member
    ):
        return None
    try:
        key = RSAAlgorithm.from_jwk(member)
    except (InvalidKeyError, ValueError, TypeError, AttributeError):
        return None
    if key.key_size < MIN_RSA_BITS:
        return None
    return kid, key  # type: ignore[return-value]  # without "d" from_jwk makes a public key


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
