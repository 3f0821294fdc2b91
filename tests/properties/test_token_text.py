"""Any text as a token is decided, no text but the token itself is granted, PyJWT agrees."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from authorizer.errors import Reason
from jose.compact import decode_segment
from jose.faults import JoseError
from local.clock import MovableClock
from tests.events import rest_request
from tests.sandbox import Sandbox, Seen
from tests.tokens import CLIENT_ID, ISSUER, NOW, SessionMaker, b64, rsa_key, sign, sign_raw

_JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from([NOW, NOW + 60, -1, CLIENT_ID, ISSUER, "access", "RS256", "key1"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_CLAIMS = [*SessionMaker().access(), "nbf", "aud", "cognito:groups", "unknown"]
_HEADER = b'{"alg":"RS256","kid":"key1"}'
_SEGMENTS = st.one_of(
    st.text("AZaz09-_=+/ ", max_size=12),
    st.binary(max_size=24).map(b64),
    _JSON.map(lambda value: b64(json.dumps(value).encode())),
    st.just(b64(_HEADER)),
    st.just(b64(json.dumps(SessionMaker().access()).encode())),
)
_TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(_SEGMENTS, max_size=6).map(".".join),
    st.lists(_SEGMENTS, min_size=3, max_size=3).map(".".join),
)


@cache
def _box(source: str = "authorization") -> Sandbox:
    return Sandbox({"TOKEN_SOURCE": source})


def _send(box: Sandbox, event: Any) -> Seen:
    box.log.seek(0)
    box.log.truncate(0)
    return box.send(event)


def _is_refused(seen: Seen) -> bool:
    return seen.status in {401, 503} and seen.answer is None and seen.reason in set(Reason)


@settings(max_examples=300)
@given(_TEXTS, st.sampled_from(["authorization", "query:token"]))
def test_any_text_as_token_is_refused(text: str, source: str) -> None:
    """Any text gets a catalogued refusal of a credential, and never a fault or an Allow."""
    box = _box(source)
    event = rest_request(f"Bearer {text}", query={"token": [text]})
    before = box.cognito.getuser_calls
    seen = _send(box, event)
    assert _is_refused(seen)
    assert seen.reason != Reason.INTERNAL_FAULT
    assert box.cognito.getuser_calls == before


@settings(max_examples=120)
@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jku", "x"]), _JSON))
def test_any_header_is_decided(changes: dict[str, Any]) -> None:
    """A well-signed token with any header is granted only if the header is a plain RS256 one."""
    seen = _send(_box(), rest_request(f"Bearer {sign(SessionMaker().access(), header=changes)}"))
    assert seen.reason != Reason.INTERNAL_FAULT
    if seen.status == 200:
        assert set(changes) <= {"alg", "kid", "typ"}
        assert changes.get("alg", "RS256") == "RS256"
        assert changes.get("kid", "key1") == "key1"


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(_CLAIMS), _JSON, min_size=1, max_size=3))
def test_any_claims_are_decided(changes: dict[str, Any]) -> None:
    """A well-signed token with any claims is granted only if these are of their type."""
    seen = _send(_box(), rest_request(f"Bearer {sign(SessionMaker().access() | changes)}"))
    assert seen.reason != Reason.INTERNAL_FAULT
    assert seen.status in {200, 401}
    if seen.status == 200:
        claims = SessionMaker().access() | changes
        assert (claims["iss"], claims["client_id"]) == (ISSUER, CLIENT_ID)
        assert all(type(claims[name]) is int for name in ("exp", "iat", "auth_time"))
        assert claims["exp"] > NOW - 5


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_signed_bytes_are_refused(payload: bytes) -> None:
    """Bytes that no issuer writes are refused even if its key has signed them."""
    assert _is_refused(_send(_box(), rest_request(f"Bearer {sign_raw(_HEADER, payload)}")))


@cache
def _good() -> str:
    return sign(SessionMaker().access(**{"cognito:groups": ["admin"]}))


_CHARACTERS = st.one_of(st.sampled_from("AZaz09-_.=+/ \n\0"), st.characters())


@given(st.lists(st.sampled_from([*(bytes([n]) for n in range(256)), b"AA", b"QUJD"])))
def test_a_segment_is_decoded_in_its_one_spelling(parts: list[bytes]) -> None:
    """A segment is taken if, and only if, encoding what it stands for gives it back."""
    segment = b"".join(parts)
    padded = segment + b"=" * (-len(segment) % 4)
    try:
        meant = base64.urlsafe_b64decode(padded)
    except ValueError:
        meant = b"?"
    is_canonical = base64.urlsafe_b64encode(meant).rstrip(b"=") == segment
    assert decoded(segment) == (meant if is_canonical else None)


@given(st.binary(max_size=12))
def test_whatever_is_encoded_is_decoded(data: bytes) -> None:
    """Every run of bytes has a spelling."""
    segment = b64(data).encode()
    assert decoded(segment) == data


def decoded(segment: bytes) -> bytes | None:
    try:
        return decode_segment(segment)
    except JoseError:
        return None


def test_the_token_that_is_mutated_is_good() -> None:
    """The mutations below start from a token that is granted."""
    assert _send(_box(), rest_request(f"Bearer {_good()}")).status == 200


@settings(max_examples=300)
@given(
    st.sampled_from(["replace", "insert", "delete", "duplicate", "swap", "cut"]),
    st.integers(min_value=0, max_value=len(_good()) - 1),
    _CHARACTERS,
    st.sampled_from(["authorization", "query:token"]),
)
def test_a_mutated_token_is_never_granted(
    operation: str, at: int, character: str, source: str
) -> None:
    """A good token with any one character changed, added, removed or moved is refused."""
    good = _good()
    mutated = {
        "replace": good[:at] + character + good[at + 1 :],
        "insert": good[:at] + character + good[at:],
        "delete": good[:at] + good[at + 1 :],
        "duplicate": good[: at + 1] + good[at:],
        "swap": good[:at] + good[at + 1 : at + 2] + good[at : at + 1] + good[at + 2 :],
        "cut": good[:at],
    }[operation]
    # White space around a field's value is not part of it (RFC 9110, section 5.5).
    assume(mutated.strip() != good)
    box = _box(source)
    before = box.cognito.getuser_calls
    assert _is_refused(_send(box, rest_request(f"Bearer {mutated}", query={"token": [mutated]})))
    assert box.cognito.getuser_calls == before


#: PyJWT reads the machine's clock, so this one comparison starts from it; every moment drawn
#: below is a minute or more away from a boundary, so that the result does not depend on it.
_MACHINE_NOW = int(time.time())
_MOMENTS = st.sampled_from([-86_400, -3600, -120, 120, 3600, 86_400]).map(
    lambda offset: _MACHINE_NOW + offset
)
_PLAUSIBLE = st.fixed_dictionaries(
    {},
    optional={
        "exp": _MOMENTS,
        "iat": _MOMENTS,
        "nbf": _MOMENTS,
        "auth_time": _MOMENTS,
        "sub": st.text(min_size=1, max_size=8),
        "jti": st.text(max_size=8),
        "aud": st.one_of(st.just(CLIENT_ID), _JSON),
        "scope": st.text("ab ", max_size=6),
        "unknown": _JSON,
        "iss": st.sampled_from([ISSUER, f"{ISSUER}/", f"{ISSUER}x"]),
    },
)


@cache
def _machine_box() -> Sandbox:
    return Sandbox({"UNCHECKED_SESSION_RULE": "allow"}, clock=MovableClock(_MACHINE_NOW))


def _pyjwt_claims(token: str) -> Mapping[str, Any] | None:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            rsa_key("key1").public_key(),
            algorithms=["RS256"],
            issuer=ISSUER,
            # PyJWT looks at the machine's clock, which has gone on since these tests were read.
            leeway=3600,
            options={"verify_aud": False, "require": ["exp", "iat", "iss", "sub", "jti"]},
        )
    except jwt.InvalidTokenError:
        return None
    return claims


@settings(max_examples=150)
@given(
    _PLAUSIBLE,
    st.sampled_from([{}, {"typ": "JWT"}, {"kid": "key2"}, {"alg": "RS512"}, {"crit": ["x"]}]),
    st.sampled_from(["key1", "key1", "attacker"]),
)
def test_pyjwt_accepts_what_is_granted(
    changes: dict[str, Any], header: dict[str, Any], key: str
) -> None:
    """Whatever is granted here, PyJWT accepts with the same key and reads the same from."""
    claims = SessionMaker(signed_in_at=_MACHINE_NOW - 3000).access() | changes
    token = sign(claims, key=key, header={"kid": "key1"} | header)
    seen = _send(_machine_box(), rest_request(f"Bearer {token}"))
    accepted = _pyjwt_claims(token)
    if seen.status == 200:
        assert accepted == claims
        assert seen.answer is not None
        context = seen.answer["context"]
        assert (context["sub"], context["expires_at"]) == (claims["sub"], claims["exp"])
    else:
        assert seen.reason not in {None, Reason.INTERNAL_FAULT}
