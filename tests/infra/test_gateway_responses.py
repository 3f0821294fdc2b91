"""What clients see of a refusal: status, headers, and CORS on all of them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Template

from infra.gateway_responses import UNAUTHORIZED_CHALLENGE, GatewayResponses

from .conftest import MakeStack, resources

HEADER = "gatewayresponse.header."


def respond(
    stack: cdk.Stack,
    *,
    cors_allow_origin: str = "*",
    allows_credentials: bool = False,
    explains_displacement: bool = False,
) -> dict[str, Any]:
    api = apigateway.RestApi(stack, "Rest")
    api.root.add_method("GET", apigateway.MockIntegration())
    GatewayResponses(
        stack,
        "Responses",
        rest_api=api,
        cors_allow_origin=cors_allow_origin,
        allows_credentials=allows_credentials,
        explains_displacement=explains_displacement,
    )
    found = resources(Template.from_stack(stack), "AWS::ApiGateway::GatewayResponse")
    return {response["ResponseType"]: response for response in found.values()}


@pytest.mark.parametrize(
    ("kind", "status", "header", "value"),
    [
        (
            "UNAUTHORIZED",
            "401",
            "WWW-Authenticate",
            f"'{UNAUTHORIZED_CHALLENGE}'",
        ),
        ("ACCESS_DENIED", "403", "WWW-Authenticate", "'Bearer error=\"insufficient_scope\"'"),
        ("AUTHORIZER_FAILURE", "503", "Retry-After", "'1'"),
        ("AUTHORIZER_CONFIGURATION_ERROR", "503", "Retry-After", "'1'"),
    ],
)
def test_refusals_are_what_rfc_6750_and_9110_say(
    stack: cdk.Stack, kind: str, status: str, header: str, value: str
) -> None:
    """Each refusal has its status and its header, as literals in the gateway's single quotes."""
    response = respond(stack)[kind]
    assert response["StatusCode"] == status
    assert response["ResponseParameters"][f"{HEADER}{header}"] == value
    assert response["ResponseTemplates"].keys() == {"application/json"}


def test_a_401_says_what_it_may_mean() -> None:
    """One sentence for every reason, in RFC 6750's own attribute."""
    assert UNAUTHORIZED_CHALLENGE == (
        'Bearer error="invalid_token", error_description="The token is missing, invalid, expired or'
        ' revoked, or the user has signed in elsewhere"'
    )
    # In single quotes API Gateway takes a literal; another one inside would end it.
    assert "'" not in UNAUTHORIZED_CHALLENGE


def test_every_refusal_can_be_read_by_scripts(stack: cdk.Stack) -> None:
    """Browsers show a script neither status nor header of an answer without CORS headers."""
    responses = respond(stack, cors_allow_origin="https://app.example.com")
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} < set(responses)
    for response in responses.values():
        headers = response["ResponseParameters"]
        assert headers[f"{HEADER}Access-Control-Allow-Origin"] == "'https://app.example.com'"
        exposed = headers[f"{HEADER}Access-Control-Expose-Headers"]
        assert exposed == "'WWW-Authenticate,Retry-After'"
        assert headers[f"{HEADER}Vary"] == "'Origin'"
        assert f"{HEADER}Access-Control-Allow-Credentials" not in headers


def test_cookies_need_a_word_more(stack: cdk.Stack) -> None:
    """Where tokens are cookies, browsers want the server's consent to them as well."""
    responses = respond(stack, cors_allow_origin="https://app.example.com", allows_credentials=True)
    for response in responses.values():
        parameters = response["ResponseParameters"]
        assert parameters[f"{HEADER}Access-Control-Allow-Credentials"] == "'true'"


def test_defaults_keep_their_own_status(stack: cdk.Stack) -> None:
    """The catch-all responses add headers and change nothing else."""
    responses = respond(stack)
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        assert "StatusCode" not in responses[kind]
        assert "ResponseTemplates" not in responses[kind]


@pytest.mark.parametrize(
    ("is_explained", "body"),
    [
        (False, '{"message":"Forbidden"}'),
        (True, '{"message":"Forbidden","reason":"$context.authorizer.reason"}'),
    ],
)
def test_a_displaced_device_is_told_why_where_that_is_wanted(
    stack: cdk.Stack, is_explained: bool, body: str
) -> None:
    """The reason stands in the body of 403, and nowhere unless an operator asks for it."""
    responses = respond(stack, explains_displacement=is_explained)
    assert responses["ACCESS_DENIED"]["ResponseTemplates"] == {"application/json": body}
    assert responses["ACCESS_DENIED"]["StatusCode"] == "403"
    others = [r for kind, r in responses.items() if kind != "ACCESS_DENIED"]
    assert "$context" not in str(others)


@pytest.mark.parametrize(
    ("members", "is_explained"), [({}, False), ({"displacedAnswer": "explain"}, True)]
)
def test_the_setting_reaches_the_gateway(
    make_stack: MakeStack, members: dict[str, str], is_explained: bool
) -> None:
    """The example API explains just when its authorizer does."""
    template = Template.from_stack(make_stack(**members))
    found = resources(template, "AWS::ApiGateway::GatewayResponse")
    assert ("$context.authorizer.reason" in str(found)) is is_explained
