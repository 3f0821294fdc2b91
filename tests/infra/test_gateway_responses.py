"""What clients see of a refusal: status, headers, and CORS on all of them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Template

from infra.gateway_responses import GatewayResponses

from .conftest import resources

HEADER = "gatewayresponse.header."


def respond(
    stack: cdk.Stack, *, cors_allow_origin: str = "*", allows_credentials: bool = False
) -> dict[str, Any]:
    api = apigateway.RestApi(stack, "Rest")
    api.root.add_method("GET", apigateway.MockIntegration())
    GatewayResponses(
        stack,
        "Responses",
        rest_api=api,
        cors_allow_origin=cors_allow_origin,
        allows_credentials=allows_credentials,
    )
    found = resources(Template.from_stack(stack), "AWS::ApiGateway::GatewayResponse")
    return {response["ResponseType"]: response for response in found.values()}


@pytest.mark.parametrize(
    ("kind", "status", "header", "value"),
    [
        ("UNAUTHORIZED", "401", "WWW-Authenticate", "'Bearer error=\"invalid_token\"'"),
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
