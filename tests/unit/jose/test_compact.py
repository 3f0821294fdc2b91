"""The compact form of a token, taken apart strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jose.compact import UnverifiedToken
from jose.faults import Fault, JoseError
from tests.tokens import ISSUER, SessionMaker, b64, sign, sign_raw

_HEADER = b'{"alg":"RS256","kid":"key1"}'


def test_a_token_is_taken_apart() -> None:
    """Header, payload and signature are read, and what was signed is kept byte for byte."""
    claims = SessionMaker().access()
    text = sign(claims)
    token = UnverifiedToken.parse(text)
    assert (token.kid, token.claimed_issuer, token.payload) == ("key1", ISSUER, claims)
    assert token.signing_input.decode() == text.rpartition(".")[0]
    assert b64(token.signature) == text.rpartition(".")[2]


@pytest.mark.parametrize("issuer", [None, 1, True, [ISSUER], {}])
def test_an_issuer_that_is_no_text_is_nobody(issuer: Any) -> None:
    """An issuer of another type is claimed as the empty text, which no key store has."""
    token = UnverifiedToken.parse(sign({"iss": issuer}))
    assert token.claimed_issuer == ""


def test_claims_are_kept_as_they_stand() -> None:
    """Claims that nobody knows are kept and not looked at."""
    payload = {"x": {"y": [1, 2.5, None, True, "\u00fc\U0001f512"]}}
    assert UnverifiedToken.parse(sign(payload)).payload == payload


#: Half of a surrogate pair is no character, in a value, in a member's name or deep within.
_HALF_CHARACTERS = (rb'{"sub":"\ud800"}', rb'{"\uDFFF":1}', rb'{"a":[{"b":"x\udc00\ud83d"}]}')
#: Deeper than any Python takes: 3.11 draws the line at its own stack's limit, 3.13 ten times later.
_TOO_DEEP = b'{"a":' + b"[" * 100_000 + b'"\\u0041"' + b"]" * 100_000 + b"}"


def _fault(text: str) -> Fault:
    with pytest.raises(JoseError) as raised:
        UnverifiedToken.parse(text)
    return raised.value.fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "\u00fc.b.c",
        f"{b64(_HEADER)}.{b64(b'[]')}.",
        f"{b64(_HEADER)}.{b64(b'{}')}.A",
        f"{b64(_HEADER)}.{b64(b'{}')}.AB",
        f"{b64(_HEADER)}.{b64(b'{}')}.AA==",
        f"{b64(_HEADER)}=.{b64(b'{}')}.AA",
        f"{b64(_HEADER)}.{b64(b'{}')}.A+",
        f"{b64(_HEADER)}.{b64(b'{}')}.A/",
        f"A.{b64(b'{}')}.AA",
        *(f"{b64(_HEADER)}.{b64(half)}.AA" for half in _HALF_CHARACTERS),
        f"{b64(_HEADER)}.{b64(_TOO_DEEP)}.AA",
    ],
)
def test_a_malformed_token(text: str) -> None:
    """Whatever is not the one spelling of three base64url segments of JSON is malformed."""
    assert _fault(text) is Fault.TOKEN_MALFORMED


def test_trailing_bits_come_in_pairs() -> None:
    """Of the texts that decode to one byte the one with zero bits is the token's, no other."""
    prefix = f"{b64(_HEADER)}.{b64(b'{}')}"
    assert UnverifiedToken.parse(f"{prefix}.AA").signature == b"\0"
    for last in "BCDEFGHIJKLMNOP":
        assert _fault(f"{prefix}.A{last}") is Fault.TOKEN_MALFORMED
    assert UnverifiedToken.parse(f"{prefix}.AAA").signature == b"\0\0"
    for last in "BCD":
        assert _fault(f"{prefix}.AA{last}") is Fault.TOKEN_MALFORMED


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ({}, Fault.ALGORITHM_NOT_ALLOWED),
        ({"alg": "HS256", "jku": "x"}, Fault.ALGORITHM_NOT_ALLOWED),
        ({"alg": "RS256"}, Fault.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": ""}, Fault.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k" * 257}, Fault.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k", "jku": "x"}, Fault.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k", "typ": "JWE"}, Fault.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k", "typ": 1}, Fault.HEADER_NOT_ALLOWED),
    ],
)
def test_a_header_that_is_not_allowed(header: dict[str, Any], fault: Fault) -> None:
    """The algorithm is looked at first, then which members there are, then what they hold."""
    assert _fault(sign_raw(json.dumps(header).encode(), b"{}")) is fault


def test_a_whole_pair_of_escapes_is_a_character() -> None:
    """Both halves of a surrogate pair (RFC 8259, section 7) stand for one."""
    token = UnverifiedToken.parse(sign_raw(_HEADER, rb'{"sub":"\ud83d\ude00"}'))
    assert token.payload == {"sub": "\U0001f600"}


@pytest.mark.parametrize("kid", ["k", "k" * 256])
def test_a_kid_of_any_allowed_length(kid: str) -> None:
    """A key's name has 1 to 256 characters."""
    assert UnverifiedToken.parse(sign({}, header={"kid": kid})).kid == kid
