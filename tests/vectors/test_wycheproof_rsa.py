"""Wycheproof's RSASSA-PKCS1-v1_5 signatures with SHA-256, against signature and key set."""

from __future__ import annotations

from collections import Counter

import pytest

from jose.key_set import parse_key_set
from jose.signature import is_rs256_signature
from tests.vectors.published import (
    SignatureVector,
    public_key,
    wycheproof_signatures,
)

_ALL = wycheproof_signatures()


def test_every_result_is_there() -> None:
    """The file has its known number of vectors of each result."""
    assert Counter(vector.result for vector in _ALL) == {
        "invalid": 249,
        "valid": 9,
        "acceptable": 1,
    }


@pytest.mark.parametrize("vector", _ALL, ids=str)
def test_only_the_one_right_signature_verifies(vector: SignatureVector) -> None:
    """Valid signatures verify; invalid ones don't, nor one that is merely acceptable to some."""
    verifies = is_rs256_signature(public_key(vector.key), vector.message, vector.signature)
    assert verifies == (vector.result == "valid")


@pytest.mark.parametrize("exponent", ["AQAB", "Aw"])
def test_the_published_keys_are_read(exponent: str) -> None:
    """The keys of the vectors, the small exponent's too, are read with their exact numbers."""
    jwk = next(vector.key for vector in _ALL if vector.key["e"] == exponent)
    read = parse_key_set({"keys": [jwk]}, fetched_at=0).keys["none"]
    assert read.public_numbers() == public_key(jwk).public_numbers()
