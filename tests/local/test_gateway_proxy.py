"""Lambda functions behind routes: the proxy integration of a REST API."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests

from local.clock import MovableClock
from local.gateway.config import Api, Flavour, Route
from local.gateway.gateway import Gateway
from local.gateway.messages import HttpAnswer, HttpRequest
from local.gateway.proxy import proxy_integration
from local.server import LoopbackServer
from proxy_integration.request import read_request
from tests.local.gateway_bench import Lambda


def send(function: Lambda, *headers: tuple[str, str], body: bytes = b"") -> HttpAnswer:
    return gateway(function).answer(
        HttpRequest("POST", "/orders", "a=1&a=2", headers=headers, body=body)
    )


def gateway(function: Lambda) -> Gateway:
    api = Api(Flavour.REST, (Route("POST", "/orders", backend=proxy_integration(function)),))
    return Gateway(api, MovableClock())


def test_the_event_has_the_request() -> None:
    """Method, path, query, header lines and body reach the function as AWS documents them."""
    function = Lambda({"statusCode": 204})
    send(function, ("X-A", "1"), ("X-A", "2"), body=b'{"b":1}')
    (event,) = function.events
    assert (event["httpMethod"], event["path"], event["resource"]) == ("POST", "/orders", "/orders")
    assert event["multiValueHeaders"] == {"X-A": ["1", "2"]}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert (event["body"], event["isBase64Encoded"]) == ('{"b":1}', False)


def test_the_product_reads_the_event() -> None:
    """The product's own reader of such events finds header, cookie and body in it."""
    function = Lambda({"statusCode": 204})
    send(function, ("Content-Type", "text/plain"), ("Cookie", "a=b"), body=b"text")
    request = read_request(function.events[0], max_body_bytes=10)
    assert (request.media_type, request.body) == ("text/plain", b"text")
    assert request.cookies == {"a": ("b",)}


def test_bytes_travel_in_base64() -> None:
    """A body that is no text comes encoded, and says so."""
    function = Lambda({"statusCode": 204})
    send(function, body=b"\xff\x00")
    assert base64.b64decode(function.events[0]["body"]) == b"\xff\x00"
    assert function.events[0]["isBase64Encoded"] is True


def test_the_answer_is_the_functions() -> None:
    """Status, headers and body are what the function answers; bytes come in base64."""
    plain = send(Lambda({"statusCode": 303, "headers": {"Location": "/a"}, "body": "b"}))
    assert (plain.status, plain.headers["Location"], plain.body) == (303, "/a", b"b")
    encoded = base64.b64encode(b"\xff").decode()
    answer = send(Lambda({"statusCode": 200, "body": encoded, "isBase64Encoded": True}))
    assert answer.body == b"\xff"


def test_a_header_can_stand_twice() -> None:
    """Each value of multiValueHeaders is a header line of its own: cookies need that."""
    function = Lambda({"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}})
    with LoopbackServer(gateway(function)) as server:
        answer = requests.post(f"{server.url}/orders", timeout=10)
    assert {cookie.name for cookie in answer.cookies} == {"a", "b"}


@pytest.mark.parametrize(
    "answer", [RuntimeError("failed"), None, "text", {}, {"statusCode": "many"}, [1]]
)
def test_a_failure_is_a_bad_gateway(answer: Any) -> None:
    """A function that fails, or answers in another form, is 502, and its words go nowhere."""
    sent = send(Lambda(answer))
    assert sent.status == 502
    assert json.loads(sent.body) == {"message": "Internal server error"}
