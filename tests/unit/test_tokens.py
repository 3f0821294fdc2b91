"""Tokens, unverified and verified."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from authorizer.choices import TokenUse
from authorizer.errors import CredentialError, Reason
from authorizer.policy import Grants
from authorizer.tokens import SessionId, UnverifiedToken, VerifiedToken
from tests.tokens import ISSUER, SessionMaker, b64, sign, sign_raw

_HEADER = b'{"alg":"RS256","kid":"key1"}'


def _verified(**changes: Any) -> VerifiedToken:
    values: dict[str, Any] = {
        "text": "header.payload.signature",
        "issuer": ISSUER,
        "subject": "subject1",
        "token_use": TokenUse.ACCESS,
        "client_id": "client1web",
        "is_machine": False,
        "username": "ada",
        "scopes": frozenset({"read"}),
        "groups": ("admin", "staff"),
        "issued_at": 1,
        "authenticated_at": 1,
        "expires_at": 2,
        "token_id": "jti1",
        "session_id": "origin1",
    }
    return VerifiedToken(**(values | changes))


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


def _reason(text: str) -> Reason:
    with pytest.raises(CredentialError) as raised:
        UnverifiedToken.parse(text)
    return raised.value.reason


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
    ],
)
def test_a_malformed_token(text: str) -> None:
    """Whatever is not the one spelling of three base64url segments of JSON is malformed."""
    assert _reason(text) is Reason.TOKEN_MALFORMED


def test_trailing_bits_come_in_pairs() -> None:
    """Of the texts that decode to one byte the one with zero bits is the token's, no other."""
    prefix = f"{b64(_HEADER)}.{b64(b'{}')}"
    assert UnverifiedToken.parse(f"{prefix}.AA").signature == b"\0"
    for last in "BCDEFGHIJKLMNOP":
        assert _reason(f"{prefix}.A{last}") is Reason.TOKEN_MALFORMED
    assert UnverifiedToken.parse(f"{prefix}.AAA").signature == b"\0\0"
    for last in "BCD":
        assert _reason(f"{prefix}.AA{last}") is Reason.TOKEN_MALFORMED


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({}, Reason.ALGORITHM_NOT_ALLOWED),
        ({"alg": "HS256", "jku": "x"}, Reason.ALGORITHM_NOT_ALLOWED),
        ({"alg": "RS256"}, Reason.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": ""}, Reason.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k" * 257}, Reason.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k", "jku": "x"}, Reason.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k", "typ": "JWE"}, Reason.HEADER_NOT_ALLOWED),
        ({"alg": "RS256", "kid": "k", "typ": 1}, Reason.HEADER_NOT_ALLOWED),
    ],
)
def test_a_header_that_is_not_allowed(header: dict[str, Any], reason: Reason) -> None:
    """The algorithm is looked at first, then which members there are, then what they hold."""
    assert _reason(sign_raw(json.dumps(header).encode(), b"{}")) is reason


@pytest.mark.parametrize("kid", ["k", "k" * 256])
def test_a_kid_of_any_allowed_length(kid: str) -> None:
    """A key's name has 1 to 256 characters."""
    assert UnverifiedToken.parse(sign({}, header={"kid": kid})).kid == kid


def test_a_session_is_named_by_verified_claims() -> None:
    """A session's name is its issuer, its subject and its own id, and no text of the token."""
    assert _verified().session == SessionId(ISSUER, "subject1", "origin1")
    assert _verified(text="another").session == _verified().session
    assert _verified(session_id="origin2").session != _verified().session


def test_grants_are_scopes_and_groups() -> None:
    """Route rules see scopes and groups, and not their order."""
    assert _verified().grants == Grants(frozenset({"read"}), frozenset({"staff", "admin"}))


def test_a_verified_token_shows_no_text() -> None:
    """A verified token's representation names its session and client only."""
    assert repr(_verified()) == "VerifiedToken(session_id='origin1', client_id='client1web')"


def test_tokens_are_frozen() -> None:
    """Nobody changes what was verified."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        _verified().__setattr__("subject", "somebody else")
