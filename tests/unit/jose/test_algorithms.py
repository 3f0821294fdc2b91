"""RS256, PS256 and ES256, and which key may verify which."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from jose.compact import ACCESS_TOKENS, HeaderRule, UnverifiedToken
from jose.faults import Fault, JoseError
from jose.key_set import KeySet, KeySetError, parse_key_set
from jose.signature import signature_check
from tests.providers import ec_jwk, ec_key, sign_by, signature
from tests.tokens import public_jwk, rsa_key

ALGORITHMS = ("RS256", "PS256", "ES256")
ALL = frozenset(ALGORITHMS)
MESSAGE = b"header.payload"


def public(algorithm: str, name: str = "a") -> Any:
    key: Any = ec_key(name) if algorithm == "ES256" else rsa_key(name)
    return key.public_key()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_holds_for_its_key_and_input_only(algorithm: str) -> None:
    """Another key, another input, and any changed byte undo it."""
    check, made = signature_check(algorithm), signature(algorithm, "a", MESSAGE)
    assert check(public(algorithm), MESSAGE, made)
    assert not check(public(algorithm, "b"), MESSAGE, made)
    assert not check(public(algorithm), MESSAGE + b"x", made)
    for changed in (b"", made[:-1], made + b"\0", made[:-1] + bytes([made[-1] ^ 1]), bytes(64)):
        assert not check(public(algorithm), MESSAGE, changed)


@pytest.mark.parametrize("made_by", ALGORITHMS)
@pytest.mark.parametrize("checked_by", ALGORITHMS)
def test_an_algorithm_takes_its_own_signatures_only(made_by: str, checked_by: str) -> None:
    """Neither another algorithm's signature nor another type's key is taken."""
    made = signature(made_by, "a", MESSAGE)
    assert signature_check(checked_by)(public(made_by), MESSAGE, made) is (made_by == checked_by)


def test_es256_is_not_der() -> None:
    """A signature is R and S of 32 bytes each, and has no other spelling."""
    made = ec_key("a").sign(MESSAGE, ECDSA(SHA256()))
    assert not signature_check("ES256")(public("ES256"), MESSAGE, made)


def test_nobody_knows_other_algorithms() -> None:
    """None, HMAC and the rest have no check."""
    for algorithm in ("none", "HS256", "ES384", "RS512"):
        with pytest.raises(KeyError):
            signature_check(algorithm)


def read(*members: Any, algorithms: frozenset[str] = ALL) -> KeySet:
    return parse_key_set({"keys": list(members)}, fetched_at=0, algorithms=algorithms)


def test_keys_of_each_type_are_kept_where_they_are_of_use() -> None:
    """A key that no allowed algorithm can use is passed over."""
    both = (public_jwk("a", alg="PS256"), ec_jwk("b", alg="ES256"))
    assert set(read(*both).keys) == {"a", "b"}
    assert set(read(*both, algorithms=frozenset({"ES256"})).keys) == {"b"}
    assert set(read(*both, algorithms=frozenset({"PS256"})).keys) == {"a"}
    with pytest.raises(KeySetError):
        read(*both, algorithms=frozenset({"RS256"}))


def test_what_a_key_is_stated_for_is_remembered() -> None:
    """A key that states its algorithm is for no other (RFC 8725, section 3.1)."""
    unstated = public_jwk("b")
    del unstated["alg"]
    assert read(public_jwk("a", alg="PS256"), unstated).stated == {"a": "PS256"}


@pytest.mark.parametrize(
    "changes",
    [
        {"crv": "P-384"},
        {"crv": None},
        {"x": "AA"},
        {"x": 1},
        {"y": "!" * 43},
        {"x": "A" * 43, "y": "A" * 43},
        {"alg": "RS256"},
        {"alg": 1},
        {"use": "enc"},
        {"d": "AA"},
        {"kty": "OKP"},
        {"kty": ["EC"]},
    ],
)
def test_what_is_no_key_of_p_256_is_passed_over(changes: dict[str, Any]) -> None:
    """Other curves, points beside the curve, private keys and other uses."""
    found = read(ec_jwk("a") | changes, ec_jwk("good"))
    assert set(found.keys) == {"good"}


def test_another_curves_key_is_passed_over() -> None:
    """A point of P-384 is none of P-256, whatever it says."""
    assert set(read(ec_jwk("a", "P-384", crv="P-256"), ec_jwk("good")).keys) == {"good"}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_header_says_what_is_allowed_or_nothing(algorithm: str) -> None:
    """Algorithms are stated for an issuer, and never taken from the token."""
    text = sign_by(algorithm, {"iss": "x"}, key="a", header={"typ": "AT+JWT"})
    rule = HeaderRule(frozenset({algorithm}), frozenset({"at+jwt"}))
    token = UnverifiedToken.parse(text, rule)
    assert token.header == (algorithm, "a", "at+jwt")
    assert rule.allows(token.header)
    assert not ACCESS_TOKENS._replace(types=frozenset({"jwt"})).allows(token.header)
    with pytest.raises(JoseError) as raised:
        UnverifiedToken.parse(text, HeaderRule(ALL - {algorithm}, frozenset({"at+jwt"})))
    assert raised.value.fault is Fault.ALGORITHM_NOT_ALLOWED


def test_a_type_that_must_be_stated_can_not_be_left_out() -> None:
    """Where one type alone is allowed, a token without any is refused."""
    with pytest.raises(JoseError) as raised:
        UnverifiedToken.parse(
            sign_by("RS256", {}, key="a"), HeaderRule(ALL, frozenset({"logout+jwt"}))
        )
    assert raised.value.fault is Fault.HEADER_NOT_ALLOWED
