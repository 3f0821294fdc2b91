"""Wycheproof's signatures of the algorithms that are known here, against check and key set."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from jose.key_set import parse_key_set
from jose.signature import is_rs256_signature, signature_check
from tests.vectors.published import WYCHEPROOF, SignatureVector, wycheproof_signatures

_ALL = [vector for algorithm in WYCHEPROOF for vector in wycheproof_signatures(algorithm)]
_VALID = [vector for vector in _ALL if vector.result == "valid"]
_KEYS = list({str(vector.jwk): vector for vector in _ALL if vector.jwk}.values())


@cache
def _key(pem: str) -> Any:
    """As another library reads it."""
    return load_pem_public_key(pem.encode())


def test_every_result_is_there() -> None:
    """Each file has its known number of vectors of each result."""
    assert Counter((vector.algorithm, vector.result) for vector in _ALL) == {
        ("RS256", "invalid"): 249,
        ("RS256", "valid"): 9,
        ("RS256", "acceptable"): 1,
        ("PS256", "invalid"): 45,
        ("PS256", "valid"): 63,
        ("ES256", "invalid"): 89,
        ("ES256", "valid"): 173,
    }


@pytest.mark.parametrize("vector", _ALL, ids=str)
def test_only_the_one_right_signature_verifies(vector: SignatureVector) -> None:
    """Valid signatures verify; invalid ones don't, nor one that is merely acceptable to some."""
    check, key = signature_check(vector.algorithm), _key(vector.pem)
    expected = vector.result == "valid"
    assert check(key, vector.message, vector.signature) is expected
    if vector.algorithm == "RS256":
        assert is_rs256_signature(key, vector.message, vector.signature) is expected


@pytest.mark.parametrize("vector", _VALID, ids=str)
def test_no_other_algorithm_takes_it(vector: SignatureVector) -> None:
    """A signature by one algorithm is none by another, whatever the key."""
    for algorithm in set(WYCHEPROOF) - {vector.algorithm}:
        assert not signature_check(algorithm)(_key(vector.pem), vector.message, vector.signature)


@pytest.mark.parametrize("vector", _KEYS, ids=str)
def test_the_published_keys_are_read(vector: SignatureVector) -> None:
    """The keys of the vectors, those of unusual numbers too, are read with their exact numbers."""
    document = {"keys": [vector.jwk | {"kid": "a"}]}
    algorithms = frozenset({vector.algorithm})
    read = parse_key_set(document, fetched_at=0, algorithms=algorithms).keys["a"]
    assert read.public_numbers() == _key(vector.pem).public_numbers()
