"""The compact serialization of a signed token (RFC 7515, section 7.1), read strictly.

What a token's text says about where its key is found (``jku``, ``x5u``, ``jwk``, RFC 7515,
section 4.1) is never followed: such a header is refused.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from jose.faults import Fault, JoseError

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: What a text may end with, by the number of its characters beyond whole groups of four: bits that
#: stand for nothing are zero. One character alone stands for no byte.
_LAST = (_ALPHABET, b"", _ALPHABET[::16], _ALPHABET[::4])
_PADDING = (b"", b"", b"==", b"=")
#: RFC 8259, section 2.
_WHITE_SPACE = " \t\n\r"
_MAX_KID_CHARS = 256
#: Header members that are understood, and thumbprints of certificates, which may be ignored (RFC
#: 7515, section 4): Entra writes one. Anything else that would change how the token is to be
#: verified must be refused, not skipped: crit, b64, jku, jwk, x5u, x5c, zip and the rest.
_HEADER_MEMBERS = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})


class HeaderRule(NamedTuple):
    """Which headers are taken. Never decided by the token (RFC 8725, sections 3.1 and 3.11)."""

    algorithms: frozenset[str]
    types: frozenset[str]
    """Values of ``typ`` in lower case; ``jwt`` stands for none as well (RFC 7519, section 5.1)."""

    def allows(self, header: Header) -> bool:
        """Whether a header that another rule has let through is one of these too."""
        return header.algorithm in self.algorithms and header.type in self.types


#: Cognito signs with RS256 only, and sends no type, or JWT. RFC 9068, section 2.1 has the others.
ACCESS_TOKENS = HeaderRule(frozenset({"RS256"}), frozenset({"jwt", "at+jwt", "application/at+jwt"}))


class Header(NamedTuple):
    """What a token's header says; ``type`` is in lower case."""

    algorithm: str
    kid: str
    type: str


class UnverifiedToken(NamedTuple):
    """A token that is well-formed, and of which nothing is known to be true."""

    header: Header
    claimed_issuer: str
    payload: Mapping[str, Any]
    signing_input: bytes
    signature: bytes

    def __repr__(self) -> str:
        """Without anything that the token says."""
        return "UnverifiedToken()"

    @property
    def kid(self) -> str:
        """The name of the key that is said to have signed it."""
        return self.header.kid

    @classmethod
    def parse(cls, text: str, rule: HeaderRule = ACCESS_TOKENS) -> UnverifiedToken:
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
        protected, claims, signature = segments
        header = _header(protected, rule)
        payload = _json_object(decode_segment(claims))
        issuer = payload.get("iss")
        members = (
            header,
            issuer if isinstance(issuer, str) else "",
            payload,
            raw[: -len(signature) - 1],
            decode_segment(signature),
        )
        # Not by the type's own constructor, which goes through each field by itself.
        return tuple.__new__(cls, members)


# An issuer has few headers, one for each key, and all its tokens begin with one of them.
@lru_cache(maxsize=16)
def _header(segment: bytes, rule: HeaderRule) -> Header:
    """A header that says nothing but what is understood and allowed."""
    header = _json_object(decode_segment(segment))
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in rule.algorithms:
        raise JoseError(Fault.ALGORITHM_NOT_ALLOWED)
    if not header.keys() <= _HEADER_MEMBERS:
        raise JoseError(Fault.HEADER_NOT_ALLOWED)
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID_CHARS:
        raise JoseError(Fault.HEADER_NOT_ALLOWED)
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in rule.types:
        raise JoseError(Fault.HEADER_NOT_ALLOWED)
    return Header(algorithm, kid, kind.lower())


def decode_segment(segment: bytes) -> bytes:
    """Decode base64url without padding (RFC 7515, section 2), in its one canonical spelling.

    Decoders commonly take padding, stray characters and non-zero trailing bits, so that one
    token has many spellings. Here it has one: the one that encoding gives back.

    Raises:
        JoseError: TOKEN_MALFORMED.
    """
    rest = len(segment) % 4
    if segment.translate(None, _ALPHABET) or segment[-1:] not in _LAST[rest]:
        raise JoseError(Fault.TOKEN_MALFORMED)
    return binascii.a2b_base64(segment.replace(b"-", b"+").replace(b"_", b"/") + _PADDING[rest])


def _json_object(data: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 with no member twice (RFC 7515, section 4; RFC 8725, section 2.4)."""
    try:
        text = data.decode("utf-8").strip(_WHITE_SPACE)
        value, end = _scan(text, 0)
    except (ValueError, RecursionError, StopIteration):
        raise JoseError(Fault.TOKEN_MALFORMED) from None
    if end != len(text) or not isinstance(value, dict):
        raise JoseError(Fault.TOKEN_MALFORMED)
    if "\\u" in text and not is_text(value):
        raise JoseError(Fault.TOKEN_MALFORMED)
    return value


def is_text(document: Any) -> bool:
    """Whether all of a JSON document's texts are such: escapes can write halves of characters
    (RFC 8259, section 8.2), of which no name of a row, nor anything else, can be made.
    """
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(_name: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")


#: What reads a value from an index on, and says where it ends; StopIteration if there is none.
_scan = json.JSONDecoder(  # type: ignore[attr-defined]  # typeshed does not name it
    object_pairs_hook=_unique_members, parse_constant=_no_constant
).scan_once
