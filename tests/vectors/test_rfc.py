"""The examples of RFC 7515 and RFC 7520, against form, signature and key set."""

from __future__ import annotations

import base64

import pytest

from jose.compact import UnverifiedToken
from jose.faults import Fault, JoseError
from jose.key_set import KeySetError, parse_key_set
from jose.signature import is_rs256_signature, signature_check
from tests.vectors.published import Example, public_key, rfc_examples

_ALL = rfc_examples()
_COMPACT = [example for example in _ALL if example.compact]
_RS256 = [example for example in _COMPACT if example.algorithm == "RS256"]
_OTHERS = [example for example in _COMPACT if example.algorithm != "RS256"]
_WITH_KEY = [example for example in _ALL if example.key]


def _parts(example: Example) -> tuple[bytes, bytes]:
    signing_input, _, signature = example.compact.rpartition(".")
    return signing_input.encode(), base64.urlsafe_b64decode(signature + "==")


def test_every_kind_of_example_is_there() -> None:
    """The RFCs' examples cover the algorithm that is taken, and four that are not."""
    assert len(_RS256) == 4
    assert {example.algorithm for example in _OTHERS} == {
        "HS256",
        "ES256",
        "ES512",
        "PS384",
        "none",
    }


@pytest.mark.parametrize("example", _RS256, ids=str)
def test_the_published_signature_holds(example: Example) -> None:
    """A signature that an RFC publishes verifies with the key that it publishes."""
    assert is_rs256_signature(public_key(example.key), *_parts(example))


@pytest.mark.parametrize("example", _RS256, ids=str)
def test_the_published_signature_holds_for_nothing_else(example: Example) -> None:
    """With any one bit of input or signature changed, and under another key, it does not."""
    signing_input, signature = _parts(example)
    key = public_key(example.key)
    others = [public_key(other.key) for other in _RS256 if other.key["n"] != example.key["n"]]
    assert others
    for other in others:
        assert not is_rs256_signature(other, signing_input, signature)
    for changed in _with_one_bit_changed(signing_input):
        assert not is_rs256_signature(key, changed, signature)
    for changed in _with_one_bit_changed(signature):
        assert not is_rs256_signature(key, signing_input, changed)


@pytest.mark.parametrize("example", _OTHERS, ids=str)
def test_another_algorithm_is_refused_as_such(example: Example) -> None:
    """A good example of another algorithm, ``none`` included, is refused for its algorithm."""
    with pytest.raises(JoseError) as caught:
        UnverifiedToken.parse(example.compact)
    assert caught.value.fault is Fault.ALGORITHM_NOT_ALLOWED


@pytest.mark.parametrize("example", _RS256, ids=str)
def test_what_is_no_token_is_refused_though_well_signed(example: Example) -> None:
    """An RS256 example that names no key, or carries no claims, is refused for its form."""
    with pytest.raises(JoseError) as caught:
        UnverifiedToken.parse(example.compact)
    # Of all of them, one names its key; its payload is a sentence.
    names_its_key = example.name == "RFC 7520, 4.1"
    expected = Fault.TOKEN_MALFORMED if names_its_key else Fault.HEADER_NOT_ALLOWED
    assert caught.value.fault is expected


@pytest.mark.parametrize("example", [e for e in _ALL if e.as_json], ids=str)
def test_the_json_serialization_is_refused(example: Example) -> None:
    """The JSON serialization is refused, whoever has signed what is in it."""
    with pytest.raises(JoseError) as caught:
        UnverifiedToken.parse(example.as_json)
    assert caught.value.fault is Fault.TOKEN_MALFORMED


@pytest.mark.parametrize("example", _WITH_KEY, ids=str)
def test_published_keys_are_read_by_type(example: Example) -> None:
    """A published RSA key is kept with its exact numbers; a key of another type is passed over."""
    document = {"keys": [example.key | {"kid": "a", "use": "sig"}]}
    if example.key["kty"] == "RSA":
        read = parse_key_set(document, fetched_at=0).keys["a"]
        assert read.public_numbers() == public_key(example.key).public_numbers()
    else:
        with pytest.raises(KeySetError):
            parse_key_set(document, fetched_at=0)


@pytest.mark.parametrize("example", [e for e in _COMPACT if e.algorithm == "ES256"], ids=str)
def test_an_algorithm_that_is_stated_verifies_its_example(example: Example) -> None:
    """ES256, where an issuer is stated to sign by it, verifies the RFC's own example by its key."""
    document = {"keys": [example.key | {"kid": "a"}]}
    keys = parse_key_set(document, fetched_at=0, algorithms=frozenset({"ES256"})).keys
    assert signature_check("ES256")(keys["a"], *_parts(example))
    for changed in _with_one_bit_changed(_parts(example)[1]):
        assert not signature_check("ES256")(keys["a"], _parts(example)[0], changed)


def _with_one_bit_changed(data: bytes) -> list[bytes]:
    """One bit in every seventh byte, another one each time."""
    return [
        data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]
        for at in range(0, len(data), 7)
    ]
