from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.aws.account import LocalAccount
from local.aws.deployed_api import ApiError, read_api
from local.aws.permissions import NotPermittedError
from local.gateway.config import Api, AuthorizerKind, BackendCall, Refusal
from local.gateway.messages import HttpRequest
from tests.rehearsal.deployment import Deployment, problems
from tests.rehearsal.functions import new_function

_URL = {"Fn::Sub": "https://${Api}.execute-api.eu-west-1.amazonaws.com/${Stage}/"}


def _resources(function_arn: str, *, is_permitted: bool = True) -> dict[str, Any]:
    api, root = {"Ref": "Api"}, {"Fn::GetAtt": ["Api", "RootResourceId"]}
    uri = (
        f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    )
    response = {
        "StatusCode": "200",
        "ResponseParameters": {"method.response.header.X-Own": "'yes'"},
        "ResponseTemplates": {
            "application/json": '{"user":"$util.escapeJavaScript($context.authorizer.username)"}'
        },
    }
    resources: dict[str, Any] = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "deployed"}},
        "Authorizer": {
            "Type": "AWS::ApiGateway::Authorizer",
            "Properties": {
                "Name": "sessions",
                "Type": "REQUEST",
                "RestApiId": api,
                "AuthorizerUri": uri,
                "IdentitySource": "method.request.header.Authorization, context.httpMethod",
                "AuthorizerResultTtlInSeconds": 7,
            },
        },
        "Hello": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": api, "ParentId": root, "PathPart": "hello"},
        },
        "Method": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": api,
                "ResourceId": {"Ref": "Hello"},
                "HttpMethod": "GET",
                "AuthorizationType": "CUSTOM",
                "AuthorizerId": {"Ref": "Authorizer"},
                "MethodResponses": [{"StatusCode": "200"}],
                "Integration": {"Type": "MOCK", "IntegrationResponses": [response]},
            },
        },
        "Denied": {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": api,
                "ResponseType": "ACCESS_DENIED",
                "StatusCode": "404",
                "ResponseTemplates": {"application/json": "{}"},
            },
        },
        "Others": {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": api,
                "ResponseType": "DEFAULT_4XX",
                "ResponseParameters": {"gatewayresponse.header.X-Class": "'4'"},
            },
        },
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {"RestApiId": api},
            "DependsOn": "Method",
        },
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                "RestApiId": api,
                "DeploymentId": {"Ref": "Deployment"},
                "StageName": "v1",
            },
        },
    }
    if is_permitted:
        resources["Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": function_arn,
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {
                    "Fn::Sub": "arn:aws:execute-api:eu-west-1:123456789012:${Api}/authorizers/*"
                },
            },
        }
    return resources


def _read(account: LocalAccount, folder: Path, resources: dict[str, Any], arn: str) -> Api:
    stack = Deployment(account, folder).deploy(resources, Url=_URL)
    return read_api(account.clients, stack.outputs["Url"], {arn: lambda event: event})


def test_everything(account: LocalAccount, tmp_path: Path) -> None:
    """Routes, authorizer, TTL, identity sources and gateway responses come from the deployment."""
    arn = new_function(account)
    api = _read(account, tmp_path, _resources(arn), arn)
    (route,) = api.routes
    assert (route.method, route.path, api.stage) == ("GET", "/hello", "v1")
    assert route.authorizer is not None
    assert route.authorizer.kind is AuthorizerKind.REQUEST
    assert route.authorizer.ttl_seconds == 7
    assert route.authorizer.identity_sources == (
        "method.request.header.Authorization",
        "context.httpMethod",
    )
    denied, unauthorized = (
        api.gateway_responses[kind] for kind in (Refusal.ACCESS_DENIED, Refusal.UNAUTHORIZED)
    )
    assert (denied.status, denied.body, dict(denied.headers)) == (404, "{}", {})
    assert (unauthorized.status, dict(unauthorized.headers)) == (401, {"X-Class": "4"})
    assert Refusal.AUTHORIZER_FAILURE not in api.gateway_responses


def test_mock_backend(account: LocalAccount, tmp_path: Path) -> None:
    """A mock answers with its template, headers and what the authorizer says of the caller."""
    arn = new_function(account)
    (route,) = _read(account, tmp_path, _resources(arn), arn).routes
    answer = route.backend(BackendCall(HttpRequest("GET", "/hello"), route, {"username": 'a"b'}))
    assert (answer.status, answer.headers["X-Own"]) == (200, "yes")
    assert answer.body == b'{"user":"a\\"b"}'


def _sign_out(function_arn: str, *, source: str) -> dict[str, Any]:
    """A route of a function's own, throttled, which the function lets ``source`` call."""
    api = {"Ref": "Api"}
    resources = _resources(function_arn)
    resources["SignOut"] = {
        "Type": "AWS::ApiGateway::Resource",
        "Properties": {
            "RestApiId": api,
            "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
            "PathPart": "sign-out",
        },
    }
    resources["SignOutMethod"] = {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            "RestApiId": api,
            "ResourceId": {"Ref": "SignOut"},
            "HttpMethod": "POST",
            "AuthorizationType": "NONE",
            "Integration": {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "Uri": resources["Authorizer"]["Properties"]["AuthorizerUri"],
            },
        },
    }
    resources["SignOutPermission"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": function_arn,
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": f"arn:aws:execute-api:eu-west-1:123456789012:{source}"},
        },
    }
    resources["Deployment"]["DependsOn"] = ["Method", "SignOutMethod"]
    resources["Stage"]["Properties"]["MethodSettings"] = [
        {
            "HttpMethod": "POST",
            "ResourcePath": "/~1sign-out",
            "ThrottlingBurstLimit": 40,
            "ThrottlingRateLimit": 20,
        }
    ]
    return resources


def test_a_function_behind_a_route(account: LocalAccount, tmp_path: Path) -> None:
    """It gets the event of a proxy integration, and its answer goes back."""
    arn = new_function(account)
    resources = _sign_out(arn, source="${Api}/v1/POST/sign-out")
    stack = Deployment(account, tmp_path).deploy(resources, Url=_URL)
    assert problems(stack) == []
    events: list[Mapping[str, Any]] = []

    def invoke(event: Mapping[str, Any]) -> Any:
        events.append(event)
        return {"statusCode": 202, "headers": {"X-Own": "yes"}, "body": "done"}

    api = read_api(account.clients, stack.outputs["Url"], {arn: invoke})
    (route,) = (route for route in api.routes if route.path == "/sign-out")
    assert (route.method, route.authorizer) == ("POST", None)
    answer = route.backend(BackendCall(HttpRequest("POST", "/sign-out"), route, {}))
    assert (answer.status, answer.headers["X-Own"], answer.body) == (202, "yes", b"done")
    assert [event["httpMethod"] for event in events] == ["POST"]


def test_a_route_without_permission(account: LocalAccount, tmp_path: Path) -> None:
    """A permission for another route is none."""
    arn = new_function(account)
    resources = _sign_out(arn, source="${Api}/v1/POST/sign-in")
    with pytest.raises(NotPermittedError, match="POST/sign-out"):
        _read(account, tmp_path, resources, arn)


def test_another_integration(account: LocalAccount, tmp_path: Path) -> None:
    """What nobody here can answer for is an error, and not a route that is left out."""
    arn = new_function(account)
    resources = _sign_out(arn, source="${Api}/v1/POST/sign-out")
    resources["SignOutMethod"]["Properties"]["Integration"] = {
        "Type": "HTTP_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": "https://example.com/",
    }
    with pytest.raises(ApiError, match="neither a mock nor a function"):
        _read(account, tmp_path, resources, arn)


def test_without_permission(account: LocalAccount, tmp_path: Path) -> None:
    """An API whose authorizer may not call its function is refused, as AWS would at each call."""
    arn = new_function(account)
    with pytest.raises(NotPermittedError):
        _read(account, tmp_path, _resources(arn, is_permitted=False), arn)


def test_open_method(account: LocalAccount, tmp_path: Path) -> None:
    """A method that another kind of authorizer guards is an error, and not an open route."""
    arn = new_function(account)
    resources = _resources(arn)
    resources["Method"]["Properties"]["AuthorizationType"] = "AWS_IAM"
    with pytest.raises(ApiError, match="AWS_IAM"):
        _read(account, tmp_path, resources, arn)


def test_nobody_behind(account: LocalAccount, tmp_path: Path) -> None:
    """An authorizer whose function is not deployed is an error."""
    arn = new_function(account)
    with pytest.raises(ApiError, match="not here"):
        _read(
            account, tmp_path, _resources(arn), "arn:aws:lambda:eu-west-1:123456789012:function:y"
        )
