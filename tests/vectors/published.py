"""Reads the published vectors in ``data/``. ``README.md`` says where each file comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

DATA = Path(__file__).parent / "data"
#: By algorithm of RFC 7518: RSA keys of 2048 bits; ECDSA signatures as R and S.
WYCHEPROOF = {
    "RS256": "rsa_signature_2048_sha256_test.json",
    "PS256": "rsa_pss_2048_sha256_mgf1_32_test.json",
    "ES256": "ecdsa_secp256r1_sha256_p1363_test.json",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A signed object of an RFC's. ``compact`` or ``as_json`` is empty where the RFC has none."""

    name: str
    algorithm: str
    compact: str = ""
    as_json: str = ""
    key: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def rfc_examples() -> list[Example]:
    """Every example of RFC 7515, appendices A and E, and of RFC 7520, section 4."""
    return [
        Example(
            name=f"RFC {number}, {test['name']}",
            algorithm=test["algorithm"],
            compact=test.get("jws", ""),
            as_json=test.get("json", ""),
            key=test.get("key", {}),
        )
        for number in (7515, 7520)
        for test in json.loads((DATA / f"rfc{number}.json").read_text(encoding="utf-8"))["tests"]
    ]


@dataclass(frozen=True, slots=True)
class SignatureVector:
    """A signature that Wycheproof says to be ``valid``, ``invalid`` or ``acceptable``.

    ``jwk`` is empty where Wycheproof gives the key in other forms only.
    """

    algorithm: str
    number: int
    flags: tuple[str, ...]
    pem: str
    jwk: dict[str, Any]
    message: bytes
    signature: bytes
    result: str

    def __str__(self) -> str:
        return f"{self.algorithm}-{self.number}-{'-'.join(self.flags) or self.result}"


def wycheproof_signatures(algorithm: str) -> list[SignatureVector]:
    """Every vector of one of :data:`WYCHEPROOF`."""
    document = json.loads((DATA / WYCHEPROOF[algorithm]).read_text(encoding="utf-8"))
    return [
        SignatureVector(
            algorithm=algorithm,
            number=test["tcId"],
            flags=tuple(test["flags"]),
            pem=group["publicKeyPem"],
            jwk=group.get("keyJwk") or group.get("publicKeyJwk") or {},
            message=bytes.fromhex(test["msg"]),
            signature=bytes.fromhex(test["sig"]),
            result=test["result"],
        )
        for group in document["testGroups"]
        for test in group["tests"]
    ]


def public_key(jwk: dict[str, Any]) -> RSAPublicKey:
    """The key as published, not looked at by our own reader."""
    key = RSAAlgorithm.from_jwk(jwk)
    assert isinstance(key, RSAPublicKey)
    return key
