"""Attacks by the choice of algorithm (RFC 8725, sections 2.1 and 3.1)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from authorizer.errors import Reason
from tests.attacks.refusals import refuse
from tests.cognito import FakeCognito
from tests.sandbox import Sandbox
from tests.tokens import SessionMaker, b64, public_jwk, rsa_key, sign, sign_raw


def _unsigned(header: dict[str, Any]) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(SessionMaker().access()).encode())}"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "none ", ""])
@pytest.mark.parametrize("signature", ["", "AA"])
def test_alg_none_is_refused(name: str, signature: str) -> None:
    """A token that says it needs no signature is refused, in whatever case it says so."""
    header = {"alg": name, "kid": "key1"}
    refuse(f"{_unsigned(header)}.{signature}", Reason.ALGORITHM_NOT_ALLOWED, fetches=0)


def test_alg_none_with_a_good_signature_is_refused() -> None:
    """A well-signed token whose header names no algorithm's signature is still refused."""
    token = sign(SessionMaker().access(), header={"alg": "none"})
    refuse(token, Reason.ALGORITHM_NOT_ALLOWED, fetches=0)


def test_a_missing_alg_is_refused() -> None:
    """The algorithm is never filled in for a token that does not name it."""
    token = sign_raw(b'{"kid":"key1"}', json.dumps(SessionMaker().access()).encode())
    refuse(token, Reason.ALGORITHM_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize(
    "alg", [None, 0, True, 256, ["RS256"], {"RS256": 1}, "rs256", "RS256 ", "RS256\u0000", "RS-256"]
)
def test_an_alg_that_only_resembles_rs256_is_refused(alg: Any) -> None:
    """Only the text RS256, exactly, names the one algorithm that is allowed."""
    token = sign(SessionMaker().access(), header={"alg": alg})
    refuse(token, Reason.ALGORITHM_NOT_ALLOWED, fetches=0)


def _secrets() -> dict[str, bytes]:
    public = rsa_key("key1").public_key()
    return {
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "pem without newline": public.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).strip(),
        "pkcs1 pem": public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "modulus as published": public_jwk("key1")["n"].encode(),
        "jwk as published": json.dumps(public_jwk("key1")).encode(),
        "nothing": b"",
    }


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", list(_secrets()))
def test_hmac_with_the_public_key_as_secret_is_refused(alg: str, form: str) -> None:
    """The public key is no secret: an HMAC made with it, in any form of it, is refused."""
    signing_input = _unsigned({"alg": alg, "kid": "key1"})
    digest = hmac.new(_secrets()[form], signing_input.encode(), f"sha{alg[2:]}").digest()
    refuse(f"{signing_input}.{b64(digest)}", Reason.ALGORITHM_NOT_ALLOWED, fetches=0)


def test_an_hmac_under_the_name_rs256_is_refused() -> None:
    """An HMAC made with the public key does not become a signature by calling it RS256."""
    signing_input = _unsigned({"alg": "RS256", "kid": "key1"})
    digest = hmac.new(_secrets()["pem"], signing_input.encode(), hashlib.sha256).digest()
    refuse(f"{signing_input}.{b64(digest)}", Reason.SIGNATURE_INVALID, fetches=1)


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256", "PS384", "PS512"])
def test_other_rsa_algorithms_with_the_right_key_are_refused(alg: str) -> None:
    """The issuer's own key is good for RS256 and for no other RSA algorithm."""
    token = jwt.encode(SessionMaker().access(), rsa_key("key1"), alg, headers={"kid": "key1"})
    refuse(token, Reason.ALGORITHM_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256"])
def test_another_rsa_signature_under_the_name_rs256_is_refused(alg: str) -> None:
    """A signature by the right key, but of another algorithm, does not pass for RS256."""
    signing_input = _unsigned({"alg": "RS256", "kid": "key1"})
    signature = jwt.get_algorithm_by_name(alg).sign(signing_input.encode(), rsa_key("key1"))
    refuse(f"{signing_input}.{b64(signature)}", Reason.SIGNATURE_INVALID)


@pytest.mark.parametrize(
    ("alg", "curve"), [("ES256", ec.SECP256R1), ("ES384", ec.SECP384R1), ("ES512", ec.SECP521R1)]
)
def test_elliptic_curve_signatures_are_refused(
    alg: str, curve: Callable[[], ec.EllipticCurve]
) -> None:
    """A token signed with ECDSA is refused, even if the header names a known key."""
    key = ec.generate_private_key(curve())
    token = jwt.encode(SessionMaker().access(), key, alg, headers={"kid": "key1"})
    refuse(token, Reason.ALGORITHM_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize("member", [{"alg": "RS512"}, {"use": "enc"}, {"kty": "oct", "k": "AA"}])
def test_a_published_key_for_another_purpose_verifies_nothing(member: dict[str, str]) -> None:
    """A key that the issuer publishes for something else than RS256 signatures is not used."""
    cognito = FakeCognito()
    cognito.keys = {"keys": [public_jwk("key1"), public_jwk("key9", **member)]}
    box = Sandbox(cognito=cognito)
    refuse(sign(SessionMaker().access(), key="key9"), Reason.KEY_UNKNOWN, sandbox=box)


def _weak_jwk(kid: str) -> dict[str, str]:
    public = json.loads(RSAAlgorithm.to_jwk(rsa_key(kid, 1024).public_key()))
    return {"kty": "RSA", "kid": kid, "n": public["n"], "e": public["e"]}


def test_a_published_key_that_is_too_short_verifies_nothing() -> None:
    """A key of less than 2048 bits is not used, even if the issuer publishes it (RFC 7518, 3.3)."""
    cognito = FakeCognito()
    cognito.keys = {"keys": [public_jwk("key1"), _weak_jwk("weak")]}
    signing_input = _unsigned({"alg": "RS256", "kid": "weak"})
    signature = rsa_key("weak", 1024).sign(signing_input.encode(), PKCS1v15(), SHA256())
    box = Sandbox(cognito=cognito)
    refuse(f"{signing_input}.{b64(signature)}", Reason.KEY_UNKNOWN, sandbox=box)
