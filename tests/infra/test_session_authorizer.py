"""The authorizer's construct in somebody else's app: each kind of API, each token source."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Annotations, Match, Template

from authorizer.choices import HttpApiResponse
from environment import SettingsError
from infra.authorizer_options import AuthorizerOptions
from infra.session_authorizer import SessionAuthorizer

from .conftest import only, refusal, resources


def make_sessions(
    stack: cdk.Stack,
    *,
    token_source: str = "authorization",
    http_api_response: HttpApiResponse = HttpApiResponse.IAM,
) -> SessionAuthorizer:
    return SessionAuthorizer(
        stack,
        "Sessions",
        user_pool=cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_Abc"),
        client_ids=["web"],
        options=AuthorizerOptions(token_source=token_source),
        http_api_response=http_api_response,
    )


def make_http_api(
    stack: cdk.Stack, sessions: SessionAuthorizer, ttl_seconds: int, path: str = "/orders"
) -> None:
    apigatewayv2.HttpApi(stack, "Http").add_routes(
        path=path,
        methods=[apigatewayv2.HttpMethod.GET],
        integration=integrations.HttpUrlIntegration("Backend", "https://backend.example.com"),
        authorizer=sessions.http_authorizer("Session", ttl_seconds=ttl_seconds),
    )


@pytest.mark.parametrize(
    ("source", "rest", "http", "websocket"),
    [
        (
            "authorization",
            "method.request.header.Authorization",
            "$request.header.Authorization",
            "route.request.header.Authorization",
        ),
        (
            "cookie:session",
            "method.request.header.Cookie",
            "$request.header.Cookie",
            "route.request.header.Cookie",
        ),
        (
            "query:token",
            "method.request.querystring.token",
            "$request.querystring.token",
            "route.request.querystring.token",
        ),
    ],
)
def test_each_gateway_looks_where_the_token_is(
    stack: cdk.Stack, source: str, rest: str, http: str, websocket: str
) -> None:
    """The identity source, which is also the cache key, is the configured token source."""
    sessions = make_sessions(stack, token_source=source)
    api = apigateway.RestApi(stack, "Rest")
    api.root.add_method(
        "GET",
        apigateway.MockIntegration(),
        authorizer=sessions.rest_authorizer(api, "Session", ttl_seconds=10),
    )
    make_http_api(stack, sessions, 20)
    apigatewayv2.WebSocketApi(
        stack,
        "Chat",
        connect_route_options=apigatewayv2.WebSocketRouteOptions(
            integration=integrations.WebSocketMockIntegration("Connect"),
            authorizer=sessions.websocket_authorizer("ChatSession"),
        ),
    )
    template = Template.from_stack(stack)
    rest_authorizer = only(template, "AWS::ApiGateway::Authorizer")
    assert rest_authorizer["Type"] == "REQUEST"
    assert rest_authorizer["IdentitySource"] == rest
    assert rest_authorizer["AuthorizerResultTtlInSeconds"] == 10
    http_authorizer = only(template, "AWS::ApiGatewayV2::Authorizer", "Http")
    assert http_authorizer["IdentitySource"] == [http]
    assert http_authorizer["AuthorizerResultTtlInSeconds"] == 20
    assert "EnableSimpleResponses" not in http_authorizer
    chat_authorizer = only(template, "AWS::ApiGatewayV2::Authorizer", "Chat")
    assert chat_authorizer["IdentitySource"] == [websocket]
    variables = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["GATEWAY_TTL_SECONDS"] == "20"
    assert [delays.known_to_cognito.total_seconds for delays in sessions.delays] == [25, 35, 15]


@pytest.mark.parametrize(
    ("ttl_seconds", "sources"),
    [
        (0, ["$request.header.Authorization"]),
        (1, ["$request.header.Authorization", "$context.routeKey"]),
    ],
)
def test_a_cached_simple_response_is_kept_per_route(
    stack: cdk.Stack, ttl_seconds: int, sources: list[str]
) -> None:
    """A simple yes for one route must never be the answer for another."""
    sessions = make_sessions(stack, http_api_response=HttpApiResponse.SIMPLE)
    make_http_api(stack, sessions, ttl_seconds)
    template = Template.from_stack(stack)
    authorizer = only(template, "AWS::ApiGatewayV2::Authorizer")
    assert authorizer["EnableSimpleResponses"] is True
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["IdentitySource"] == sources
    variables = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["HTTP_API_RESPONSE"] == "simple"


def test_a_route_of_many_paths_caches_no_simple_response(app: cdk.App, stack: cdk.Stack) -> None:
    """Synth fails where one cached yes would serve several paths."""
    sessions = make_sessions(stack, http_api_response=HttpApiResponse.SIMPLE)
    make_http_api(stack, sessions, 1, "/orders/{id}")
    assert "GET /orders/{id} stands for several requests" in refusal(app)


@pytest.mark.parametrize(
    ("response", "ttl_seconds", "path"),
    [
        (HttpApiResponse.SIMPLE, 0, "/orders/{id}"),
        (HttpApiResponse.SIMPLE, 1, "/orders"),
        (HttpApiResponse.IAM, 1, "/orders/{id}"),
    ],
)
def test_a_route_of_many_paths_is_fine_otherwise(
    stack: cdk.Stack, response: HttpApiResponse, ttl_seconds: int, path: str
) -> None:
    """Without a cache, with one path, or with a policy nothing is refused."""
    make_http_api(stack, make_sessions(stack, http_api_response=response), ttl_seconds, path)
    Template.from_stack(stack).resource_count_is("AWS::ApiGatewayV2::Route", 1)


def test_the_api_may_be_in_another_stack(app: cdk.App, stack: cdk.Stack) -> None:
    """An API's stack depends on the authorizer's, and never the other way round."""
    sessions = make_sessions(stack)
    other = cdk.Stack(app, "Other")
    api = apigateway.RestApi(other, "Rest")
    api.root.add_method(
        "GET", apigateway.MockIntegration(), authorizer=sessions.rest_authorizer(api, "Session")
    )
    make_http_api(other, sessions, 0)
    app.synth()
    permissions = resources(Template.from_stack(other), "AWS::Lambda::Permission")
    assert len(permissions) == 2
    assert stack.dependencies == []


def test_an_open_connection_is_warned_of(stack: cdk.Stack) -> None:
    """The declared delay ends at a WebSocket's handshake; synth says so."""
    make_sessions(stack).websocket_authorizer("ChatSession")
    said = Annotations.from_stack(stack)
    said.has_warning("/Stack/Sessions", Match.string_like_regexp("open WebSocket connection"))


def test_a_function_that_could_not_start_is_refused(stack: cdk.Stack) -> None:
    """Options are judged by the authorizer's own reader, when the construct is made."""
    with pytest.raises(SettingsError, match="TOKEN_SOURCE"):
        make_sessions(stack, token_source="header:X-Token")


def test_no_client_is_no_wildcard(stack: cdk.Stack) -> None:
    """An empty list of clients lets nobody in, and is refused as a mistake."""
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_Abc")
    with pytest.raises(SettingsError, match="CLIENT_IDS"):
        SessionAuthorizer(stack, "Sessions", user_pool=pool, client_ids=[])


@pytest.mark.parametrize("is_set", [True, False])
def test_a_stage_that_would_keep_an_old_ttl_is_warned_of(is_set: bool) -> None:
    """Without CDK's flag a changed TTL waits for some other change; synth says so."""
    flag = "@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId"
    app = cdk.App(context={flag: is_set, "aws:cdk:bundling-stacks": []})
    stack = cdk.Stack(app, "Stack")
    api = apigateway.RestApi(stack, "Rest")
    api.root.add_method(
        "GET",
        apigateway.MockIntegration(),
        authorizer=make_sessions(stack).rest_authorizer(api, "Session"),
    )
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("old TTL"))
    assert bool(found) is not is_set
