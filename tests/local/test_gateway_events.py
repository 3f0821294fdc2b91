"""The events that authorizers are called with, and the routes that they name."""

from __future__ import annotations

import pytest

from local.clock import START_SECONDS
from local.gateway.config import Api, Flavour, Route
from local.gateway.matching import match_route
from local.gateway.messages import HttpRequest
from tests.local.gateway_bench import STAGE_ARN, http, http_simple, rest, rest_token

HEADERS = (
    ("Authorization", "Bearer t1"),
    ("X-Many", "1"),
    ("x-many", "2"),
    ("X-Many", "3"),
    ("Cookie", "a=1; b=2"),
    ("User-Agent", "test"),
)
TARGET = "GET /orders/7?q=1&q=two%20words&r="


def test_rest_token_event() -> None:
    """A TOKEN event has three members."""
    assert rest_token().event() == {
        "type": "TOKEN",
        "methodArn": f"{STAGE_ARN}/GET/hello",
        "authorizationToken": "Bearer t1",
    }


def test_rest_request_event() -> None:
    """A REQUEST event has header names as received, and every value of what came twice."""
    event = rest().event(TARGET, *HEADERS)
    context = event.pop("requestContext")
    assert event == {
        "type": "REQUEST",
        "methodArn": f"{STAGE_ARN}/GET/orders/7",
        "resource": "/orders/{id}",
        "path": "/orders/7",
        "httpMethod": "GET",
        "headers": {
            "Authorization": "Bearer t1",
            "X-Many": "3",
            "x-many": "2",
            "Cookie": "a=1; b=2",
            "User-Agent": "test",
        },
        "multiValueHeaders": {
            "Authorization": ["Bearer t1"],
            "X-Many": ["1", "3"],
            "x-many": ["2"],
            "Cookie": ["a=1; b=2"],
            "User-Agent": ["test"],
        },
        "queryStringParameters": {"q": "two words", "r": ""},
        "multiValueQueryStringParameters": {"q": ["1", "two words"], "r": [""]},
        "pathParameters": {"id": "7"},
        "stageVariables": {"tenant": "t"},
    }
    assert context.pop("requestId")
    assert context == {
        "path": "/prod/orders/7",
        "accountId": "123456789012",
        "resourceId": "05c7jb",
        "stage": "prod",
        "identity": {"sourceIp": "127.0.0.1", "userAgent": "test"},
        "resourcePath": "/orders/{id}",
        "httpMethod": "GET",
        "apiId": "abcdef1234",
    }


def test_http_version_2_event() -> None:
    """A 2.0 event has lower-case headers, joined values, and cookies by themselves."""
    event = http_simple().event(TARGET, *HEADERS)
    assert event.pop("requestContext").pop("requestId")
    assert event == {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": f"{STAGE_ARN}/GET/orders/7",
        "identitySource": ["Bearer t1"],
        "routeKey": "GET /orders/{id}",
        "rawPath": "/orders/7",
        "rawQueryString": "q=1&q=two%20words&r=",
        "cookies": ["a=1", "b=2"],
        "headers": {"authorization": "Bearer t1", "x-many": "1,2,3", "user-agent": "test"},
        "queryStringParameters": {"q": "1,two words", "r": ""},
        "pathParameters": {"id": "7"},
        "stageVariables": {"tenant": "t"},
    }


def test_http_version_2_context() -> None:
    """The request context says how and when the call came, by the injected clock."""
    context = http_simple().event(TARGET, *HEADERS)["requestContext"]
    assert context["http"] == {
        "method": "GET",
        "path": "/orders/7",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test",
    }
    assert context["routeKey"] == "GET /orders/{id}"
    assert context["time"] == "15/Jan/2027:08:00:00 +0000"
    assert context["timeEpoch"] == START_SECONDS * 1000


def test_http_version_2_leaves_out_what_is_empty() -> None:
    """Members without content are absent, not null."""
    event = http_simple().event()
    assert not {"cookies", "queryStringParameters", "pathParameters"} & set(event)


def test_http_version_1_event() -> None:
    """A 1.0 event has the REST event's shape and the identity sources as one text."""
    event = http(payload_version="1.0").event(TARGET, *HEADERS)
    assert event["version"] == "1.0"
    assert event["methodArn"] == f"{STAGE_ARN}/GET/orders/7"
    assert event["identitySource"] == event["authorizationToken"] == "Bearer t1"
    assert event["resource"] == "/orders/{id}"
    assert event["headers"]["Authorization"] == "Bearer t1"
    assert event["requestContext"]["resourcePath"] == "/orders/{id}"


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/orders", "GET /orders"),
        ("PUT", "/orders", "ANY /orders"),
        ("GET", "/orders/new", "GET /orders/new"),
        ("GET", "/orders/7", "GET /orders/{id}"),
        ("GET", "/orders/7/items", "GET /{proxy+}"),
        ("GET", "/orders.", "GET /{proxy+}"),
        ("PUT", "/orders/7", "$default"),
    ],
)
def test_the_most_specific_route_wins(method: str, path: str, route: str) -> None:
    """Text before a parameter before a greedy one, a method before ANY, $default last."""
    api = Api(
        Flavour.HTTP,
        routes=(
            Route("ANY", "$default"),
            Route("GET", "/{proxy+}"),
            Route("GET", "/orders/{id}"),
            Route("GET", "/orders/new"),
            Route("ANY", "/orders"),
            Route("GET", "/orders"),
        ),
    )
    match = match_route(api, HttpRequest(method, path))
    assert match is not None
    assert match.route.key == route


def test_a_slash_at_the_end() -> None:
    """A REST API serves a route with a slash at its end, too; a greedy parameter holds it."""
    routes = (Route("GET", "/"), Route("GET", "/a/{one}"), Route("GET", "/b/{rest+}"))
    for flavour, is_served in ((Flavour.REST, True), (Flavour.HTTP, False)):
        api = Api(flavour, routes=routes)
        match = match_route(api, HttpRequest("GET", "/a/1/"))
        assert (match is not None) is is_served
        greedy = match_route(api, HttpRequest("GET", "/b/1/"))
        assert greedy is not None
        assert greedy.path_parameters == {"rest": "1/"}
        assert match_route(api, HttpRequest("GET", "//")) is None


def test_path_parameters() -> None:
    """A greedy parameter holds the slashes too."""
    api = Api(Flavour.REST, routes=(Route("GET", "/a/{one}/b/{rest+}"),))
    match = match_route(api, HttpRequest("GET", "/a/1/b/2/3"))
    assert match is not None
    assert match.path_parameters == {"one": "1", "rest": "2/3"}
    assert match_route(api, HttpRequest("GET", "/a//b/2")) is None
