"""No method or route goes without an authorizer of ours, but for OPTIONS and those listed."""

from __future__ import annotations

from collections.abc import Collection

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as http_authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito

from infra.route_guard import RouteGuard
from infra.session_authorizer import SessionAuthorizer

from .conftest import refusal

MOCK = apigateway.MockIntegration()
GET = [apigatewayv2.HttpMethod.GET]


@pytest.fixture
def sessions(stack: cdk.Stack) -> SessionAuthorizer:
    return make_sessions(stack, "Sessions")


def make_sessions(stack: cdk.Stack, name: str) -> SessionAuthorizer:
    pool = cognito.UserPool.from_user_pool_id(stack, f"{name}Pool", "eu-west-1_Abc")
    return SessionAuthorizer(stack, name, user_pool=pool, client_ids=["web"])


def rest_api(stack: cdk.Stack, sessions: SessionAuthorizer) -> apigateway.RestApi:
    """An API with one guarded method, a preflight, and room for more."""
    api = apigateway.RestApi(
        stack,
        "Rest",
        default_cors_preflight_options=apigateway.CorsOptions(allow_origins=["*"]),
    )
    authorizer = sessions.rest_authorizer(api, "Session")
    api.root.add_resource("orders").add_method("GET", MOCK, authorizer=authorizer)
    return api


def complaints(
    app: cdk.App, sessions: SessionAuthorizer, open_routes: Collection[str] = ()
) -> list[str]:
    RouteGuard.watch(app, sessions, open_routes=open_routes)
    return [line.strip().removeprefix("[] ") for line in refusal(app).splitlines()[1:]]


def test_guarded_methods_and_preflights_pass(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """An authorizer of ours, or OPTIONS: nothing to complain about."""
    rest_api(stack, sessions)
    RouteGuard.watch(app, sessions)
    app.synth()


def test_a_method_without_authorizer_fails_synth(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """A forgotten authorizer is named with its route and place."""
    orders = rest_api(stack, sessions).root.get_resource("orders")
    assert orders is not None
    orders.add_resource("{id}").add_method("DELETE", MOCK)
    (complaint,) = complaints(app, sessions)
    assert complaint == (
        "DELETE /orders/{id} (Stack/Rest/Default/orders/{id}/DELETE/Resource) has no authorizer of"
        " Stack/Sessions: give it one, or list it as open"
    )


def test_a_listed_route_passes(app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer) -> None:
    """A route that is meant to be open is listed, word for word."""
    api = rest_api(stack, sessions)
    api.root.add_method("GET", MOCK)
    api.root.add_resource("health").add_method("GET", MOCK)
    RouteGuard.watch(app, sessions, open_routes=["GET /", "GET /health"])
    app.synth()


def test_a_listed_method_opens_no_other(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """Listing GET does not list POST."""
    health = rest_api(stack, sessions).root.add_resource("health")
    health.add_method("GET", MOCK)
    health.add_method("POST", MOCK)
    (complaint,) = complaints(app, sessions, ["GET /health"])
    assert complaint.startswith("POST /health ")


def test_a_listed_route_must_exist(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """A leftover in the list would open whatever gets that name later."""
    rest_api(stack, sessions)
    assert complaints(app, sessions, ["GET /gone"]) == [
        "GET /gone is listed as open and does not exist"
    ]


def test_any_includes_more_than_options(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """A method ANY needs an authorizer, though OPTIONS is part of it."""
    rest_api(stack, sessions).root.add_method("ANY", MOCK)
    (complaint,) = complaints(app, sessions)
    assert complaint.startswith("ANY / ")


def test_another_authorizer_does_not_count(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """Cognito's own authorizer, IAM and another function's all let revoked sessions in."""
    api = rest_api(stack, sessions)
    pool = cognito.UserPool(stack, "Pool")
    cognitos = apigateway.CognitoUserPoolsAuthorizer(stack, "Own", cognito_user_pools=[pool])
    others = make_sessions(stack, "Others").rest_authorizer(api, "Other")
    api.root.add_method("GET", MOCK, authorizer=cognitos)
    api.root.add_method("PUT", MOCK, authorization_type=apigateway.AuthorizationType.IAM)
    api.root.add_method("POST", MOCK, authorizer=others)
    assert {complaint.split(" ")[0] for complaint in complaints(app, sessions)} == {
        "GET",
        "PUT",
        "POST",
    }


def test_an_authorizer_that_is_switched_off_does_not_count(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """A method may name our authorizer and yet ask for no authorization."""
    api = rest_api(stack, sessions)
    method = api.root.add_method(
        "GET", MOCK, authorizer=sessions.rest_authorizer(api, "Another")
    ).node.default_child
    assert isinstance(method, apigateway.CfnMethod)
    method.authorization_type = "NONE"
    (complaint,) = complaints(app, sessions)
    assert complaint.startswith("GET / ")


def test_http_routes_are_looked_at(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """Routes of HTTP APIs, $default among them, need an authorizer of ours; OPTIONS does not."""
    backend = integrations.HttpUrlIntegration("Backend", "https://backend.example.com")
    api = apigatewayv2.HttpApi(stack, "Http", default_integration=backend)
    api.add_routes(
        path="/good", methods=GET, integration=backend, authorizer=sessions.http_authorizer("S")
    )
    api.add_routes(path="/bad", methods=GET, integration=backend)
    api.add_routes(
        path="/iam",
        methods=GET,
        integration=backend,
        authorizer=http_authorizers.HttpIamAuthorizer(),
    )
    api.add_routes(path="/bad", methods=[apigatewayv2.HttpMethod.OPTIONS], integration=backend)
    found = {complaint.partition(" (")[0] for complaint in complaints(app, sessions)}
    assert found == {"GET /bad", "GET /iam", "$default"}


@pytest.mark.parametrize("is_guarded", [True, False])
def test_websocket_connections_are_looked_at(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer, is_guarded: bool
) -> None:
    """Of a WebSocket API only $connect can have an authorizer, and must."""
    integration = integrations.WebSocketMockIntegration("Mock")
    options = apigatewayv2.WebSocketRouteOptions
    apigatewayv2.WebSocketApi(
        stack,
        "Chat",
        connect_route_options=options(
            integration=integration,
            authorizer=sessions.websocket_authorizer("S") if is_guarded else None,
        ),
        default_route_options=options(integration=integration),
    )
    if is_guarded:
        RouteGuard.watch(app, sessions)
        app.synth()
    else:
        (complaint,) = complaints(app, sessions)
        assert complaint.startswith("$connect ")


def test_an_api_in_a_document_fails(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """Routes that stand in an OpenAPI document or come by themselves cannot be vouched for."""
    apigateway.CfnRestApi(stack, "Rest", body={"openapi": "3.0.1", "paths": {}})
    apigatewayv2.CfnApi(stack, "Http", body={"openapi": "3.0.1", "paths": {}})
    apigatewayv2.CfnApi(
        stack, "Quick", name="q", protocol_type="HTTP", target="https://backend.example.com"
    )
    found = {complaint.partition(" has its routes")[0] for complaint in complaints(app, sessions)}
    assert found == {"Stack/Rest", "Stack/Http", "Stack/Quick"}


def test_all_stacks_in_scope_are_looked_at(
    app: cdk.App, stack: cdk.Stack, sessions: SessionAuthorizer
) -> None:
    """A guard over the app sees another stack's API, guarded or not."""
    other = cdk.Stack(app, "Other")
    rest_api(other, sessions).root.add_method("GET", MOCK)
    (complaint,) = complaints(app, sessions)
    assert complaint.startswith("GET / (Other/Rest/")
