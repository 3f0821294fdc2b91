"""The classes of Wycheproof's JSON Web Signature vectors, against the whole authorizer."""

from __future__ import annotations

from functools import cache

import pytest

from jose.key_set import KeySetError, parse_key_set
from tests.events import rest_request
from tests.sandbox import Sandbox
from tests.tokens import public_jwk
from tests.vectors.hostile_tokens import Hostile, hostile_tokens


@cache
def _box() -> Sandbox:
    # A query parameter brings any text as it is; a header's own syntax would refuse some of them.
    return Sandbox({"TOKEN_SOURCE": "query:token", "JWKS_UNKNOWN_KID_BURST": "10"})


@pytest.mark.parametrize("hostile", hostile_tokens(), ids=str)
def test_each_class_is_answered_for_what_it_is(hostile: Hostile) -> None:
    """Each class of hostile token is refused for the one thing that is wrong; good ones are not."""
    seen = _box().send(rest_request(query={"token": [hostile.text]}))
    assert seen.reason == hostile.reason
    assert seen.status == (200 if hostile.reason is None else 401)


@pytest.mark.parametrize(
    "wrong",
    [
        {"use": "enc"},
        {"use": "Sig"},
        {"alg": "RS384"},
        {"alg": "PS256"},
        {"alg": "RSA-OAEP"},
        {"kty": "EC"},
        {"kty": "oct"},
    ],
    ids=str,
)
def test_a_key_for_something_else_verifies_nothing(wrong: dict[str, str]) -> None:
    """rejectWrongUse: a key that is published for another use, algorithm or type is not used."""
    with pytest.raises(KeySetError):
        parse_key_set({"keys": [public_jwk("key1", **wrong)]}, fetched_at=0)
    kept = parse_key_set(
        {"keys": [public_jwk("key1", **wrong), public_jwk("key2")]}, fetched_at=0
    ).keys
    assert set(kept) == {"key2"}
