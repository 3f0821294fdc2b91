"""Attacks by the signature and by the number of segments."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from authorizer.errors import Reason
from tests.attacks.refusals import refuse, refuse_event
from tests.events import Event, rest_request
from tests.sandbox import Sandbox, new_token
from tests.tokens import SessionMaker, b64, rsa_key, sign, sign_raw


def test_a_signature_by_another_key_is_refused() -> None:
    """Naming the right key does not replace signing with it."""
    token = sign(SessionMaker().access(), key="attacker", header={"kid": "key1"})
    refuse(token, Reason.SIGNATURE_INVALID, fetches=1)


@pytest.mark.parametrize("bits", [1024, 3072])
def test_a_signature_by_a_key_of_another_length_is_refused(bits: int) -> None:
    """A genuine signature by a shorter or longer key than the named one breaks nothing."""
    header, payload, _ = new_token().split(".")
    key = rsa_key(f"attacker{bits}", bits)
    signature = key.sign(f"{header}.{payload}".encode(), PKCS1v15(), SHA256())
    refuse(f"{header}.{payload}.{b64(signature)}", Reason.SIGNATURE_INVALID)


def test_the_signature_of_another_token_is_refused() -> None:
    """A signature belongs to its own header and payload, not to the token of somebody else."""
    mine, yours = new_token().split("."), new_token().split(".")
    refuse(f"{yours[0]}.{yours[1]}.{mine[2]}", Reason.SIGNATURE_INVALID)


def test_the_payload_of_another_session_is_refused() -> None:
    """The payload of one token between header and signature of another is refused."""
    mine, yours = new_token().split("."), new_token().split(".")
    refuse(f"{mine[0]}.{yours[1]}.{mine[2]}", Reason.SIGNATURE_INVALID)


@pytest.mark.parametrize("length", [0, 1, 2, 16, 254, 255, 257, 512])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    """A signature that was cut short, is missing or goes on is refused."""
    header, payload, _ = new_token().split(".")
    signature = (b"\x5a" * 600)[:length]
    refuse(f"{header}.{payload}.{b64(signature)}", Reason.SIGNATURE_INVALID)


@pytest.mark.parametrize("filler", [b"\x00", b"\x01", b"\xff"])
def test_a_trivial_signature_is_refused(filler: bytes) -> None:
    """The numbers 0, 1 and the greatest one are nobody's signature."""
    header, payload, _ = new_token().split(".")
    refuse(f"{header}.{payload}.{b64(filler * 256)}", Reason.SIGNATURE_INVALID)
    one = b"\x00" * 255 + b"\x01"
    refuse(f"{header}.{payload}.{b64(one)}", Reason.SIGNATURE_INVALID)


def test_leading_zeros_make_no_second_signature() -> None:
    """A good signature with zero bytes before it is refused: it has one spelling as a number."""
    header, payload, signature = new_token().split(".")
    token = f"{header}.{payload}.AAAA{signature}"
    refuse(token, Reason.SIGNATURE_INVALID)


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 43, 171, 340])
def test_a_truncated_token_is_refused(cut: int) -> None:
    """A good token without its last characters is refused."""
    token = new_token()[:-cut]
    box = Sandbox()
    seen = box.call(token)
    assert (seen.status, seen.answer) == (401, None)
    assert seen.reason in {Reason.SIGNATURE_INVALID, Reason.TOKEN_MALFORMED}
    assert box.cognito.getuser_calls == 0
    assert box.call(new_token()).status == 200


def _segments(count: int) -> str:
    parts = [*new_token().split("."), "AAAA", "AAAA", "AAAA"]
    return ".".join(parts[:count])


@pytest.mark.parametrize("count", [1, 2, 4, 5, 6])
def test_another_number_of_segments_is_refused(count: int) -> None:
    """A signed token has three segments; an encrypted one has five, and is not read."""
    refuse(_segments(count), Reason.TOKEN_MALFORMED, fetches=0)


def test_an_encrypted_token_is_refused() -> None:
    """A JWE in its own compact form is refused (RFC 8725, section 2.3)."""
    header = b64(b'{"alg":"RSA-OAEP","enc":"A256GCM","kid":"key1"}')
    refuse(f"{header}.AAAA.AAAA.AAAA.AAAA", Reason.TOKEN_MALFORMED, fetches=0)


@pytest.mark.parametrize("token", ["..", ".", "...", "a..", ".a.", "..a", "a.b", "=", "-", "_._._"])
def test_empty_segments_are_refused(token: str) -> None:
    """A token of nothing but dots is no token."""
    refuse(token, Reason.TOKEN_MALFORMED, fetches=0)


def test_a_thousand_dots_are_refused() -> None:
    """Dots up to the length limit are one malformed token, not thousands of segments to read."""
    refuse("." * 8192, Reason.TOKEN_MALFORMED, fetches=0)


def test_the_json_serialization_is_refused() -> None:
    """Only the compact form is a bearer token; the JSON form of JWS is not read."""
    header, payload, signature = new_token().split(".")
    text = f'{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}'
    refuse_event(rest_request(f"Bearer {text}"), Reason.TOKEN_MALFORMED)


def _token_of_length(length: int) -> str:
    """A good token of exactly this many characters, filled up with a claim nobody knows."""
    claims = SessionMaker().access()
    for white_space in range(4):
        header = b'{"alg":"RS256","kid":"key1"' + b" " * white_space + b"}"
        for size in range(length // 4, length):
            payload = json.dumps(claims | {"x": "x" * size}).encode()
            if len(b64(header)) + len(b64(payload)) + 342 + 2 == length:
                return sign_raw(header, payload)
    raise AssertionError(length)


@pytest.mark.parametrize(
    ("environment", "limit"),
    [({}, 8192), ({"TOKEN_MAX_BYTES": "2048"}, 2048), ({"TOKEN_MAX_BYTES": "10240"}, 10240)],
)
@pytest.mark.parametrize(
    ("source", "scheme"), [("authorization", "Bearer "), ("cookie:t", "t="), ("query:t", "")]
)
def test_the_longest_token_is_granted_and_no_longer_one(
    environment: dict[str, str], limit: int, source: str, scheme: str
) -> None:
    """A good token of the greatest length is granted, one a character longer refused unread."""

    def event(token: str) -> Event:
        if source == "query:t":
            return rest_request(None, query={"t": [token]})
        name = "Cookie" if source == "cookie:t" else "Authorization"
        return rest_request(None, headers={name: [f"{scheme}{token}"]})

    box = Sandbox(environment | {"TOKEN_SOURCE": source})
    just_too_long = event(_token_of_length(limit + 1))
    refuse_event(just_too_long, Reason.TOKEN_TOO_LONG, sandbox=box, fetches=0)
    assert box.send(event(_token_of_length(limit))).status == 200


@pytest.mark.parametrize("length", [8192 + 17, 100_000, 6_000_000])
def test_a_huge_token_is_refused_unread(length: int) -> None:
    """Whatever its length, a token beyond the limit is not taken apart."""
    refuse("a" * length, Reason.TOKEN_TOO_LONG, fetches=0)
    refuse("." * length, Reason.TOKEN_TOO_LONG, fetches=0)
