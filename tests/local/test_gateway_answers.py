"""What callers get: identity sources, the authorizer's answers, gateway responses, routes."""

from __future__ import annotations

from typing import Any

import pytest

from local.gateway.config import Api, Flavour, GatewayResponse, Refusal
from local.gateway.messages import HttpAnswer
from local.gateway.refusals import word_refusal
from local.product_api import EXPLAINING_GATEWAY_RESPONSES, GATEWAY_RESPONSES
from tests.local.gateway_bench import (
    DENY_ALL,
    body,
    http,
    http_simple,
    policy,
    rest,
    rest_token,
    statement,
)

UNAUTHORIZED = {"message": "Unauthorized"}
CHALLENGE = (
    'Bearer error="invalid_token", error_description="The token is missing, invalid, expired or'
    ' revoked, or the user has signed in elsewhere"'
)


@pytest.mark.parametrize("make", [rest, rest_token, http])
def test_a_missing_identity_source_is_401_without_a_call(make: Any) -> None:
    """The gateway refuses by itself if an identity source is missing or empty."""
    bench = make()
    for header in (("X-Other", "x"), ("Authorization", "")):
        answer = bench.send("GET /hello", header)
        assert (answer.status, body(answer)) == (401, UNAUTHORIZED)
    assert bench.function.events == []


def test_all_identity_sources_must_be_there() -> None:
    """One of two is not enough; header names are taken in any case."""
    sources = ("method.request.header.Authorization", "method.request.querystring.tenant")
    bench = rest(identity_sources=sources)
    assert bench.status("GET /hello") == 401
    assert bench.status("GET /hello?tenant=") == 401
    assert bench.status("GET /hello?Tenant=t") == 401
    assert bench.status("GET /hello?tenant=t", ("aUTHORIZATION", "x")) == 200


@pytest.mark.parametrize("source", ["stageVariables.tenant", "context.httpMethod"])
def test_other_identity_sources(source: str) -> None:
    """Stage variables and context variables can be identity sources."""
    assert rest(identity_sources=(source,)).status() == 200


def test_an_unknown_identity_source_is_a_configuration_error() -> None:
    """What nobody knows can't be read."""
    assert rest(identity_sources=("context.nonsense",)).status() == 500


def test_a_token_pattern_is_matched_before_the_call() -> None:
    """A TOKEN authorizer's validation expression keeps nonsense away from the function."""
    bench = rest_token(token_pattern="Bearer [a-z0-9]+")
    assert bench.status("GET /hello", ("Authorization", "Basic x")) == 401
    assert bench.function.events == []
    assert bench.status() == 200


def test_rest_deny_is_403() -> None:
    """A Deny, or no Allow, is ACCESS_DENIED."""
    bench = rest()
    for document in (DENY_ALL, policy(statement("Allow", "GET/other"))):
        bench.function.returns_policy(document)
        answer = bench.send()
        assert answer.status == 403
        assert body(answer) == {"Message": "User is not authorized to access this resource"}


def test_rest_unauthorized_is_exactly_that_text() -> None:
    """The error text ``Unauthorized`` is 401, every other one 500."""
    bench = rest()
    bench.function.answer = RuntimeError("Unauthorized")
    assert (bench.status(), body(bench.send())) == (401, UNAUTHORIZED)
    for text in ("unauthorized", "Unauthorized.", "Unavailable", ""):
        bench.function.answer = RuntimeError(text)
        answer = bench.send()
        assert (answer.status, body(answer)) == (500, {"message": None})


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {},
        {"policyDocument": policy(statement("Allow", "*"))},
        {"principalId": 7, "policyDocument": policy(statement("Allow", "*"))},
        {"principalId": "ada"},
        {"principalId": "ada", "policyDocument": {}},
        {"principalId": "ada", "policyDocument": policy(statement("Allow", "x" * 512))},
        {"isAuthorized": True},
    ],
)
def test_an_answer_that_is_no_policy_is_a_configuration_error(answer: Any) -> None:
    """What the gateway can't read lets nobody in."""
    bench = rest()
    bench.function.answer = answer
    assert bench.send().headers["x-amzn-ErrorType"] == "AuthorizerConfigurationException"
    assert bench.status() == 500


@pytest.mark.parametrize("value", [None, [], ["x"], {}, {"a": 1}])
@pytest.mark.parametrize("make", [rest, http, http_simple])
def test_context_holds_plain_values_only(make: Any, value: Any) -> None:
    """Lists, objects and null in the context spoil the whole answer."""
    bench = make()
    bench.function.answer = bench.function.answer | {"context": {"k": value}}
    assert bench.status() == 500
    bench.function.answer = bench.function.answer | {"context": {"k": "text"}}
    assert bench.status() == 200


def test_rest_context_reaches_the_backend_as_text() -> None:
    """Numbers and truth values become text; the principal stands beside them."""
    bench = rest()
    bench.function.returns_policy(policy(statement("Allow", "*")), a="x", b=7, c=True)
    assert body(bench.send()) == {
        "method": "GET",
        "path": "/hello",
        "authorizer": {"principalId": "ada", "a": "x", "b": "7", "c": "true"},
    }


def test_http_context_keeps_its_types() -> None:
    """An HTTP API hands the context on as it is, below ``lambda``."""
    bench = http_simple()
    bench.function.answer = {"isAuthorized": True, "context": {"b": 7, "c": True}}
    assert body(bench.send())["authorizer"] == {"lambda": {"b": 7, "c": True}}


@pytest.mark.parametrize(
    ("make", "answer", "status"),
    [
        (http_simple, {"isAuthorized": True}, 200),
        (http_simple, {"isAuthorized": False}, 403),
        (http_simple, {"isAuthorized": "true"}, 500),
        (http_simple, {"errorMessage": "Unauthorized"}, 401),
        (http_simple, RuntimeError("Unauthorized"), 500),
        (http, {"principalId": "ada", "policyDocument": DENY_ALL}, 403),
        (http, {"errorMessage": "Unauthorized"}, 401),
        (http, {"errorMessage": "unauthorized"}, 500),
        (http, RuntimeError("Unavailable"), 500),
    ],
)
def test_http_api_answers(make: Any, answer: Any, status: int) -> None:
    """An HTTP API: deny is 403, the documented object is 401, an error is 500."""
    bench = make()
    bench.function.answer = answer
    assert bench.status() == status


def test_an_object_that_is_an_error_in_http_is_nonsense_in_rest() -> None:
    """REST APIs know no errorMessage object."""
    bench = rest()
    bench.function.answer = {"errorMessage": "Unauthorized"}
    assert bench.status() == 500


def test_unknown_routes() -> None:
    """No such route: 403 on a REST API, 404 on an HTTP API."""
    answer = rest().send("GET /nowhere")
    assert (answer.status, body(answer)) == (403, {"message": "Missing Authentication Token"})
    answer = http().send("DELETE /hello")
    assert (answer.status, body(answer)) == (404, {"message": "Not Found"})


def test_a_route_without_an_authorizer_is_open() -> None:
    """OPTIONS is for browsers before they have credentials."""
    bench = rest()
    assert bench.status("OPTIONS /hello", ("X-Other", "x")) == 200
    assert bench.function.events == []


def test_gateway_responses_replace_the_defaults() -> None:
    """Status, headers and body of each type are the API's own choice."""
    response = GatewayResponse(
        418,
        {"Retry-After": "1"},
        '{"why":"$context.error.message","type":"$context.error.responseType","x":"$context.no"}',
    )
    api = Api(Flavour.REST, routes=(), gateway_responses={Refusal.UNAUTHORIZED: response})
    answer = word_refusal(api, Refusal.UNAUTHORIZED, request_id="r")
    assert answer.status == 418
    assert answer.headers["Retry-After"] == "1"
    assert body(answer) == {"why": "Unauthorized", "type": "UNAUTHORIZED", "x": ""}
    assert word_refusal(api, Refusal.ACCESS_DENIED, request_id="r").status == 403


def test_a_body_template_quotes_the_authorizers_context() -> None:
    """A Deny may say why: text for text, numbers and truth values too, nothing for the rest."""
    bench = rest(
        gateway_responses={
            Refusal.ACCESS_DENIED: GatewayResponse(
                403,
                body='{"reason":"$context.authorizer.reason","n":$context.authorizer.n_1,'
                '"b":$context.authorizer.b,"x":"$context.authorizer.other"}',
            )
        }
    )
    bench.function.returns_policy(DENY_ALL, reason="signed_in_elsewhere", n_1=7, b=True)
    assert body(bench.send()) == {"reason": "signed_in_elsewhere", "n": 7, "b": True, "x": ""}


def test_a_cached_deny_says_why_again() -> None:
    """The context is kept with the policy."""
    bench = rest(ttl_seconds=30, gateway_responses=EXPLAINING_GATEWAY_RESPONSES)
    bench.function.returns_policy(DENY_ALL, reason="session_limit_reached")
    answers = [body(bench.send()) for _ in range(2)]
    assert answers == [{"message": "Forbidden", "reason": "session_limit_reached"}] * 2
    assert len(bench.function.events) == 1


def test_an_error_has_no_context_to_quote() -> None:
    """The 401 of an authorizer that raises can't say why."""
    template = GatewayResponse(401, body='{"reason":"$context.authorizer.reason"}')
    bench = rest(gateway_responses={Refusal.UNAUTHORIZED: template})
    bench.function.answer = RuntimeError("Unauthorized")
    assert body(bench.send()) == {"reason": ""}


@pytest.mark.parametrize(
    ("refusal", "status", "header", "value"),
    [
        (Refusal.UNAUTHORIZED, 401, "WWW-Authenticate", CHALLENGE),
        (Refusal.ACCESS_DENIED, 403, "WWW-Authenticate", 'Bearer error="insufficient_scope"'),
        (Refusal.AUTHORIZER_FAILURE, 503, "Retry-After", "1"),
        (Refusal.AUTHORIZER_CONFIGURATION_ERROR, 503, "Retry-After", "1"),
        (Refusal.MISSING_AUTHENTICATION_TOKEN, 403, "Access-Control-Allow-Origin", "*"),
    ],
)
def test_the_products_gateway_responses(
    refusal: Refusal, status: int, header: str, value: str
) -> None:
    """The product's refusals say what a client can do, and are readable across origins."""
    api = Api(Flavour.REST, routes=(), gateway_responses=GATEWAY_RESPONSES)
    answer: HttpAnswer = word_refusal(api, refusal, request_id="r")
    assert answer.status == status
    assert answer.headers[header] == value
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert isinstance(body(answer)["message"], str)
