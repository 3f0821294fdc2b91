"""Attacks by the JSON inside a token: what parsers disagree about, and what exhausts them."""

from __future__ import annotations

import json

import pytest

from authorizer.errors import Reason
from tests.attacks.refusals import refuse
from tests.events import rest_request
from tests.sandbox import Sandbox, new_token
from tests.tokens import CLIENT_ID, ISSUER, NOW, SessionMaker, sign_raw

_HEADER = b'{"alg":"RS256","kid":"key1"}'


def _payload(**changes: object) -> bytes:
    return json.dumps(SessionMaker().access(**changes)).encode()


def _with_member(member: str, *, first: bool) -> bytes:
    """A good payload with one more member, written by hand, at its start or at its end."""
    text = _payload().decode()
    return (f"{{{member},{text[1:]}" if first else f"{text[:-1]},{member}}}").encode()


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","alg":"RS256","kid":"key1"}',
        b'{"alg":"RS256","alg":"none","kid":"key1"}',
        b'{"alg":"RS256","kid":"forged","kid":"key1"}',
        b'{"alg":"RS256","kid":"key1","kid":"forged"}',
        b'{"alg":"RS256","kid":"key1","kid":"key1"}',
        b'{"alg":"RS256","kid":"key1","k\\u0069d":"forged"}',
    ],
)
def test_a_header_member_that_stands_twice_is_refused(header: bytes) -> None:
    """Parsers disagree about which of two members counts, so neither does (RFC 7515, 4)."""
    refuse(sign_raw(header, _payload()), Reason.TOKEN_MALFORMED, fetches=0)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "member",
    [
        '"sub":"somebody-else"',
        '"s\\u0075b":"somebody-else"',
        '"iss":"https://attacker.example"',
        f'"iss":"{ISSUER}"',
        f'"exp":{NOW + 999_999}',
        '"token_use":"id"',
        f'"client_id":"{CLIENT_ID}"',
        '"scope":"admin"',
        '"x":{"y":1,"y":2}',
        '"x":[{"y":1,"y":1}]',
    ],
)
def test_a_claim_that_stands_twice_is_refused(member: str, first: bool) -> None:
    """A claim twice is refused at any depth, in either order, even well signed."""
    token = sign_raw(_HEADER, _with_member(member, first=first))
    refuse(token, Reason.TOKEN_MALFORMED, fetches=0)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-16-le"),
        '{"a":1}'.encode("utf-32-be"),
    ],
)
def test_bytes_that_are_not_utf8_are_refused(data: bytes) -> None:
    """Header and payload are UTF-8 and nothing else, overlong forms and surrogates included."""
    refuse(sign_raw(data, _payload()), Reason.TOKEN_MALFORMED, fetches=0)
    refuse(sign_raw(_HEADER, data), Reason.TOKEN_MALFORMED, fetches=0)
    inside = _with_member('"x":"?"', first=True).replace(b"?", data)
    refuse(sign_raw(_HEADER, inside), Reason.TOKEN_MALFORMED, fetches=0)


def test_a_byte_order_mark_is_refused() -> None:
    """A byte order mark before header or payload is no JSON (RFC 8259, section 8.1)."""
    mark = b"\xef\xbb\xbf"
    refuse(sign_raw(mark + _HEADER, _payload()), Reason.TOKEN_MALFORMED, fetches=0)
    refuse(sign_raw(_HEADER, mark + _payload()), Reason.TOKEN_MALFORMED, fetches=0)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("claim", ["exp", "nbf", "x"])
def test_numbers_that_json_does_not_have_are_refused(constant: str, claim: str) -> None:
    """NaN and the infinities compare with nothing as one expects, and are no JSON."""
    text = json.dumps(SessionMaker().access(**{claim: "@"})).replace('"@"', constant)
    refuse(sign_raw(_HEADER, text.encode()), Reason.TOKEN_MALFORMED, fetches=0)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"17",
        b"[]",
        b'"text"',
        b"{",
        b"{}{}",
        b"{}x",
        b"{'iss':1}",
        b'{"a":1,}',
        b'{"a":"\x00"}',
        b"{/**/}",
        b"\x00",
    ],
)
def test_a_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    """A payload must be one JSON object and nothing after it."""
    refuse(sign_raw(_HEADER, payload), Reason.TOKEN_MALFORMED, fetches=0)


def test_an_empty_payload_object_names_no_issuer() -> None:
    """A payload that claims nothing belongs to no issuer and costs no fetch."""
    refuse(sign_raw(_HEADER, b"{}"), Reason.ISSUER_NOT_ALLOWED, fetches=0)


_NESTINGS = [
    *(("[", "]", depth) for depth in (50, 900, 1000, 1100, 3500)),
    *(('{"":', "}", depth) for depth in (50, 900, 1000, 1100, 1400)),
]


def _nested(opening: str, closing: str, depth: int) -> list[str]:
    """A nested value, and its opening half alone, which at the greatest depth fills a token."""
    return [opening * depth + "0" + closing * depth, opening * depth]


@pytest.mark.parametrize(("opening", "closing", "depth"), _NESTINGS)
def test_a_deeply_nested_header_is_refused(opening: str, closing: str, depth: int) -> None:
    """Nesting up to the length limit exhausts nothing: such a header is refused like any other."""
    whole, half = _nested(opening, closing, depth)
    box = Sandbox({"TOKEN_MAX_BYTES": "10240"})
    for header in (whole, half, f'{{"alg":"RS256","kid":"key1","x":{whole}}}'):
        seen = box.send(rest_request(f"Bearer {sign_raw(header.encode(), b'{}')}"))
        assert (seen.status, seen.answer) == (401, None)
        assert seen.reason in {
            Reason.TOKEN_MALFORMED,
            Reason.HEADER_NOT_ALLOWED,
            Reason.ALGORITHM_NOT_ALLOWED,
        }
    assert (box.cognito.key_set_fetches, box.cognito.getuser_calls) == (0, 0)
    assert box.call(new_token()).status == 200


@pytest.mark.parametrize(("opening", "closing", "depth"), _NESTINGS)
def test_a_deeply_nested_payload_is_refused(opening: str, closing: str, depth: int) -> None:
    """A forged payload nested up to the length limit is refused, and the next request works."""
    whole, half = _nested(opening, closing, depth)
    box = Sandbox({"TOKEN_MAX_BYTES": "10240"})
    for payload in (whole, half, f'{{"iss":"{ISSUER}","x":{whole}}}'):
        token = sign_raw(_HEADER, payload.encode(), key="attacker")
        seen = box.send(rest_request(f"Bearer {token}"))
        assert (seen.status, seen.answer) == (401, None)
        assert seen.reason in {
            Reason.TOKEN_MALFORMED,
            Reason.ISSUER_NOT_ALLOWED,
            Reason.SIGNATURE_INVALID,
        }
    assert box.cognito.getuser_calls == 0
    assert box.call(new_token()).status == 200


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "auth_time", "x"])
@pytest.mark.parametrize("digits", [4301, 6500])
def test_an_integer_of_thousands_of_digits_is_refused(claim: str, digits: int) -> None:
    """A number that would take quadratic time to read is refused unread."""
    text = json.dumps(SessionMaker().access(**{claim: "@"})).replace('"@"', "9" * digits)
    box = Sandbox({"TOKEN_MAX_BYTES": "10240"})
    refuse(sign_raw(_HEADER, text.encode()), Reason.TOKEN_MALFORMED, sandbox=box, fetches=0)


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "auth_time"])
@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e400", "1e18", "-1e400", "1E9", "0.1e11"])
def test_a_moment_beyond_reason_is_refused(claim: str, number: str) -> None:
    """A moment that no calendar has, or in exponent form, is refused, not rounded or wrapped."""
    text = json.dumps(SessionMaker().access(**{claim: "@"})).replace('"@"', number)
    refuse(sign_raw(_HEADER, text.encode()), Reason.CLAIM_MALFORMED)
