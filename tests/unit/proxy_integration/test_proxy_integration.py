"""Events of proxy integrations, and answers in their format."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from proxy_integration.answer import HttpAnswer
from proxy_integration.request import EventError, PayloadFormat, ProxyRequest, read_request


def v1(**changes: Any) -> dict[str, Any]:
    """A REST API's event, as AWS documents it."""
    event = {
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {
            "Content-Type": ["application/json; charset=utf-8"],
            "Cookie": ["a=1; b=2", "a=3"],
        },
        "body": "{}",
        "isBase64Encoded": False,
    }
    return event | changes


def v2(**changes: Any) -> dict[str, Any]:
    """An HTTP API's event."""
    event = {
        "version": "2.0",
        "headers": {"content-type": "application/json"},
        "cookies": ["a=1", "b=2"],
        "requestContext": {"http": {"method": "POST"}},
        "body": base64.b64encode(b"{}").decode(),
        "isBase64Encoded": True,
    }
    return event | changes


def read(event: Any) -> ProxyRequest:
    return read_request(event, max_body_bytes=100)


@pytest.mark.parametrize("event", [v1(), v2()])
def test_both_formats_say_the_same(event: dict[str, Any]) -> None:
    """Method, media type, cookies and body are read from either format."""
    request = read(event)
    assert (request.method, request.media_type, request.body) == ("POST", "application/json", b"{}")
    assert request.cookies["b"] == ("2",)


def test_a_name_with_two_values_has_none() -> None:
    """Nobody chooses between two values of one name; the same one twice is one."""
    headers = {"Cookie": ["a=1; a=2"], "X": ["1", "2"], "Y": [" 3\t"], "Z": ["4", "4 "]}
    request = read(v1(multiValueHeaders=headers))
    assert [request.header(name) for name in "xyz"] == [None, "3", "4"]
    assert request.cookies == {"a": ("1", "2")}
    assert request.media_type == ""


def test_single_headers_are_read_where_there_are_no_others() -> None:
    """An event without ``multiValueHeaders`` is read from ``headers``."""
    request = read(v1(multiValueHeaders=None, headers={"Cookie": "a=1; =2; c", "X": 1, "Z": "z"}))
    assert request.cookies == {"a": ("1",)}
    assert request.header("z") == "z"
    assert request.header("x") is None


def test_a_listed_cookie_of_another_type_is_passed_over() -> None:
    """Only texts are cookies."""
    assert read(v2(cookies=["a=1", 2, None])).cookies == {"a": ("1",)}


def test_a_body_of_the_longest_kind() -> None:
    """A body is taken up to its limit, and refused above it."""
    assert len(read(v1(body="x" * 100)).body) == 100
    with pytest.raises(EventError):
        read(v1(body="x" * 101))


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        v1(httpMethod=1),
        v2(requestContext=None),
        v2(requestContext={"http": "POST"}),
        v1(body=1),
        v1(body="\ud800"),
        v1(body="x" * 1000),
        v1(body="not base64!", isBase64Encoded=True),
    ],
)
def test_other_events_are_refused(event: Any) -> None:
    """Whatever is no event of a proxy integration is refused as such."""
    with pytest.raises(EventError):
        read(event)


def test_no_body_is_an_empty_one() -> None:
    """A request without a body has an empty one, and headers of another type count as none."""
    request = read(v1(body=None, multiValueHeaders={"X": "text"}, headers=[]))
    assert request.body == b""
    assert request.headers == {"x": ()}


def test_a_request_shows_nothing_of_the_caller() -> None:
    """A request's representation ends up in logs, and holds nothing that the caller wrote."""
    assert repr(read(v1(body="secret"))) == (
        "ProxyRequest(payload_format=<PayloadFormat.V1: '1.0'>)"
    )


@pytest.mark.parametrize("payload_format", PayloadFormat)
def test_an_answer_is_never_stored(payload_format: PayloadFormat) -> None:
    """Each answer says so, with a document or without."""
    for answer in (HttpAnswer(204), HttpAnswer(200, {"a": 1})):
        assert answer.render(payload_format)["headers"]["Cache-Control"] == "no-store"


def test_cookies_stand_where_the_format_wants_them() -> None:
    """REST APIs take several headers of one name, HTTP APIs a list of cookies."""
    answer = HttpAnswer(200, {"a": 1}, cookies=("a=1", "b=2"))
    first, second = answer.render(PayloadFormat.V1), answer.render(PayloadFormat.V2)
    assert first["multiValueHeaders"] == {"Set-Cookie": ["a=1", "b=2"]}
    assert second["cookies"] == ["a=1", "b=2"]
    assert json.loads(first["body"]) == {"a": 1}
    assert first["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer a.b-c_d~e+f/g==", "a.b-c_d~e+f/g=="),
        ("bearer  abc", "abc"),
        ("Bearer abc def", None),
        ("Basic abc", None),
        ("Bearer", None),
        ("", None),
    ],
)
def test_a_bearer_token(header: str, token: str | None) -> None:
    """The scheme in any spelling, spaces, and one token (RFC 6750, section 2.1)."""
    event = v2(headers={"authorization": header})
    assert read_request(event, max_body_bytes=9).bearer_token == token


def test_no_bearer_token_of_two() -> None:
    """Of two headers none is chosen."""
    request = read(v1(multiValueHeaders={"Authorization": ["Bearer one", "Bearer two"]}))
    assert request.bearer_token is None
    assert request.has_bearer


@pytest.mark.parametrize(
    ("values", "has_bearer"),
    [
        (["Bearer one"], True),
        (["bearer \u00e4"], True),
        (["Bearer one,Bearer two"], True),
        (["Basic eDp5", "Bearer one"], True),
        (["Basic eDp5, Bearer one"], True),
        (["Basic bearer one"], False),
        (["Bearer"], False),
        (["Bearerone two"], False),
        ([], False),
    ],
)
def test_what_comes_as_a_bearer_token(values: list[str], *, has_bearer: bool) -> None:
    """The scheme with anything behind it, in any header or part of one: it was meant as a token."""
    assert read(v1(multiValueHeaders={"Authorization": values})).has_bearer is has_bearer
