"""The compact serialization of a signed token (RFC 7515, section 7.1), read strictly.

What a token's text says about where its key is found (``jku``, ``x5u``, ``jwk``, RFC 7515,
section 4.1) is never followed: such a header is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jose.faults import Fault, JoseError

#: Cognito signs with RS256 only; the algorithm is never taken from the token (RFC 8725, 3.1).
ALGORITHM = "RS256"

_SEGMENT = re.compile(rb"[A-Za-z0-9_-]*")
_MAX_KID_CHARS = 256
#: Header members that are understood. Anything else that would change how the token is to be
#: verified must be refused, not skipped: crit, b64, jku, jwk, x5u, x5c, zip and the rest.
_HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})
#: RFC 7519, section 5.1 and RFC 9068, section 2.1; Cognito sends none, or JWT.
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A token that is well-formed, and of which nothing is known to be true."""

    kid: str
    claimed_issuer: str
    payload: Mapping[str, Any]
    signing_input: bytes
    signature: bytes

    def __repr__(self) -> str:
        """Without anything that the token says."""
        return "UnverifiedToken()"

    @classmethod
    def parse(cls, text: str) -> UnverifiedToken:
        """Take a compact JWS (RFC 7515, section 7.1) apart, in its one canonical spelling.

        Raises:
            JoseError: TOKEN_MALFORMED, ALGORITHM_NOT_ALLOWED or HEADER_NOT_ALLOWED.
        """
        try:
            raw = text.encode("ascii")
        except UnicodeEncodeError:
            raise JoseError(Fault.TOKEN_MALFORMED) from None
        segments = raw.split(b".")
        if len(segments) != 3:
            raise JoseError(Fault.TOKEN_MALFORMED)
        header = _json_object(_decode(segments[0]))
        if header.get("alg") != ALGORITHM:
            raise JoseError(Fault.ALGORITHM_NOT_ALLOWED)
        if not set(header) <= _HEADER_MEMBERS:
            raise JoseError(Fault.HEADER_NOT_ALLOWED)
        kid = header.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID_CHARS:
            raise JoseError(Fault.HEADER_NOT_ALLOWED)
        kind = header.get("typ", "JWT")
        if not isinstance(kind, str) or kind.lower() not in _TYPES:
            raise JoseError(Fault.HEADER_NOT_ALLOWED)
        payload = _json_object(_decode(segments[1]))
        issuer = payload.get("iss")
        return cls(
            kid=kid,
            claimed_issuer=issuer if isinstance(issuer, str) else "",
            payload=payload,
            signing_input=b".".join(segments[:2]),
            signature=_decode(segments[2]),
        )


def _decode(segment: bytes) -> bytes:
    """Decode base64url without padding (RFC 7515, section 2), in its one canonical spelling.

    Decoders commonly take padding, stray characters and non-zero trailing bits, so that one
    token has many spellings. Here it has one.
    """
    if _SEGMENT.fullmatch(segment) is None:
        raise JoseError(Fault.TOKEN_MALFORMED)
    try:
        decoded = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    except (binascii.Error, ValueError):
        raise JoseError(Fault.TOKEN_MALFORMED) from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != segment:
        raise JoseError(Fault.TOKEN_MALFORMED)
    return decoded


def _json_object(data: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 with no member twice (RFC 7515, section 4; RFC 8725, section 2.4)."""
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique_members, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise JoseError(Fault.TOKEN_MALFORMED) from None
    if not isinstance(value, dict):
        raise JoseError(Fault.TOKEN_MALFORMED)
    return value


def _unique_members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError("a member stands twice")
        members[name] = value
    return members


def _no_constant(_name: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")
