"""The key set reader: any document is a set of usable keys or none, and never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from hypothesis import event
from hypothesis import strategies as st

from jose.faults import Fault, JoseError
from jose.key_set import MAX_KEYS, MIN_RSA_BITS, KeySetError, parse_key_set
from jose.signature import signature_check
from tests.fuzz.batches import Fuzz, attempt
from tests.fuzz.json_texts import any_json, damaged, edited
from tests.fuzz.targets import deadline, key_store
from tests.providers import ec_jwk
from tests.tokens import b64, key_set, public_jwk

_EC = {"kty": "EC", "crv": "P-256", "x": b64(bytes(32)), "y": b64(bytes(32)), "kid": "key1"}
_POINT = ec_jwk("key1")
_ALL = frozenset({"RS256", "PS256", "ES256"})
_OCT = {"kty": "oct", "k": "AAAA", "kid": "key1", "alg": "HS256"}
_NUMBERS = st.one_of(
    st.binary(max_size=300).map(b64),
    st.sampled_from(
        [
            b64(b"\0" + b"\xff" * 256),
            b64(b"\x80" + bytes(255)),
            b64(b"\x80" + bytes(254) + b"\x01"),
            b64(b"\xff" * 1025),
            b64(b"\xff" * 4096),
            "AQAB==",
            "AQ AB",
            "Aw",
            "Ag",
            "AQ",
            "",
            "\ud800",
            "é",
        ]
    ),
)
_MEMBERS = ["kty", "kid", "use", "alg", "n", "e", "key_ops", "d", "oth", "x5c", "crv", "x", "y"]


@st.composite
def _jwks(draw: st.DrawFn) -> Any:
    """One key, with members that may be of any type or any number."""
    key: dict[str, Any] = dict(
        draw(st.sampled_from([public_jwk("key1"), public_jwk("key2"), _POINT, _EC, _OCT]))
    )
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(_MEMBERS))
        key[name] = draw(_NUMBERS if name in {"n", "e", "d", "x", "y"} else any_json)
    if draw(st.booleans()):
        key["kid"] = draw(st.sampled_from(["key1", "key2", "", "x" * 5000, "\ud800"]))
    return key


_DOCUMENTS = st.one_of(
    any_json,
    st.lists(_jwks() | any_json, max_size=4).map(lambda keys: {"keys": keys}),
    st.lists(_jwks(), min_size=1, max_size=2).map(lambda keys: {"keys": keys * 17}),
)
_BODIES = st.one_of(
    st.binary(max_size=60),
    edited(json.dumps(key_set("key1", "key2")).encode()),
    damaged(key_set("key1")),
    damaged(public_jwk("key1")).map(lambda key: b'{"keys":[' + key + b"]}"),
    _DOCUMENTS.map(lambda document: json.dumps(document).encode("utf-8", "surrogatepass")),
)


def _check(name: str, key: object) -> None:
    assert isinstance(name, str)
    assert name
    assert isinstance(key, RSAPublicKey | EllipticCurvePublicKey)
    if isinstance(key, RSAPublicKey):
        assert key.key_size >= MIN_RSA_BITS
    # A key that cannot be used must say no, and not fail.
    for algorithm in _ALL:
        for length in (64, key.key_size // 8):
            assert signature_check(algorithm)(key, b"x", bytes(length)) is False


def test_any_document_is_a_key_set_or_none(fuzz: Fuzz[Any]) -> None:
    """What is kept of any document are RSA keys long enough, under the names it gave them."""

    def holds(document: Any) -> None:
        read = attempt(lambda: parse_key_set(document, fetched_at=0), KeySetError)
        if isinstance(read, KeySetError):
            event(str(read))
            return
        event("read")
        keys = read.keys
        assert 0 < len(keys) <= MAX_KEYS
        named = [member for member in document["keys"] if isinstance(member, dict)]
        for name, key in keys.items():
            _check(name, key)
            offered = [member for member in named if member.get("kid") == name]
            assert isinstance(key, RSAPublicKey)
            assert any(member["kty"] == "RSA" for member in offered)
        # Reading again what was kept comes to the same.
        again = parse_key_set({"keys": list(map(_written, keys, keys.values()))}, fetched_at=0).keys
        assert {name: key.public_numbers() for name, key in again.items()} == {
            name: key.public_numbers() for name, key in keys.items()
        }

    fuzz(_DOCUMENTS, holds)


def test_any_document_is_read_for_all_algorithms(fuzz: Fuzz[Any]) -> None:
    """With every algorithm asked for, a key that is kept is of the type that it states."""

    def holds(document: Any) -> None:
        read = attempt(lambda: parse_key_set(document, fetched_at=0, algorithms=_ALL), KeySetError)
        if isinstance(read, KeySetError):
            event(str(read))
            return
        event("read")
        assert set(read.stated) <= set(read.keys)
        assert set(read.stated.values()) <= _ALL
        for name, key in read.keys.items():
            _check(name, key)
            kinds = [
                member.get("kty")
                for member in document["keys"]
                if isinstance(member, dict) and member.get("kid") == name
            ]
            assert ("RSA" if isinstance(key, RSAPublicKey) else "EC") in kinds

    fuzz(_DOCUMENTS, holds)


def test_any_body_served_as_key_set_is_handled(fuzz: Fuzz[bytes]) -> None:
    """Whatever an issuer serves, a key is found, or is not there, or nobody can say."""

    def holds(body: bytes) -> None:
        key = attempt(lambda: key_store(body).find("key1", deadline()), JoseError)
        if isinstance(key, JoseError):
            event(key.fault)
            assert key.fault in {Fault.KEY_UNKNOWN, Fault.KEYS_UNAVAILABLE}
            return
        event("found")
        _check("key1", key)

    fuzz(_BODIES, holds)


def _written(name: str, key: object) -> dict[str, Any]:
    assert isinstance(key, RSAPublicKey)
    numbers = key.public_numbers()
    modulus, exponent = (
        b64(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e)
    )
    return {"kty": "RSA", "kid": name, "n": modulus, "e": exponent}
