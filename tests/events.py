"""Events of API Gateway's, in the shapes its documentation shows.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
"""

from __future__ import annotations

from typing import Any

API_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef123"
STAGE_ARN = f"{API_ARN}/prod"

Event = dict[str, Any]


def rest_token(authorization: str, *, method: str = "GET", path: str = "/hello") -> Event:
    """REST API, authorizer of type TOKEN."""
    return {
        "type": "TOKEN",
        "authorizationToken": authorization,
        "methodArn": f"{STAGE_ARN}/{method}{path}",
    }


def rest_request(
    authorization: str | None = None,
    *,
    method: str = "GET",
    path: str = "/hello",
    headers: dict[str, list[str]] | None = None,
    query: dict[str, list[str]] | None = None,
) -> Event:
    """REST API, authorizer of type REQUEST."""
    several = {"Host": ["abcdef123.execute-api.eu-west-1.amazonaws.com"]} | (headers or {})
    if authorization is not None:
        several["Authorization"] = [authorization]
    return {
        "type": "REQUEST",
        "methodArn": f"{STAGE_ARN}/{method}{path}",
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
        "queryStringParameters": {name: values[-1] for name, values in (query or {}).items()},
        "multiValueQueryStringParameters": query or {},
        "pathParameters": {},
        "stageVariables": {},
        "requestContext": {
            "resourceId": "abc123",
            "resourcePath": path,
            "httpMethod": method,
            "path": f"/prod{path}",
            "accountId": "123456789012",
            "stage": "prod",
            "apiId": "abcdef123",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "curl/8"},
        },
    }


def http_v1(authorization: str, *, method: str = "GET", path: str = "/hello") -> Event:
    """HTTP API, payload format 1.0."""
    event = rest_request(authorization, method=method, path=path)
    return event | {
        "version": "1.0",
        "identitySource": authorization,
        "authorizationToken": authorization,
        "methodArn": f"{STAGE_ARN}/{method}{path}",
    }


def http_v2(
    authorization: str | None = None,
    *,
    method: str = "GET",
    path: str = "/hello",
    cookies: list[str] | None = None,
    query: dict[str, str] | None = None,
) -> Event:
    """HTTP API, payload format 2.0: lower-case header names, several values joined by commas."""
    headers = {"host": "abcdef123.execute-api.eu-west-1.amazonaws.com"}
    if authorization is not None:
        headers["authorization"] = authorization
    event: Event = {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": f"{STAGE_ARN}/{method}{path}",
        "identitySource": [authorization],
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "queryStringParameters": query or {},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdef123",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} {path}",
            "stage": "prod",
        },
        "pathParameters": {},
        "stageVariables": {},
    }
    if cookies is not None:
        event["cookies"] = cookies
    return event


def websocket_connect(authorization: str | None = None, *, token: str | None = None) -> Event:
    """WebSocket API, route ``$connect``. Browsers can set no header there, only the query."""
    headers = {"Host": "abcdef123.execute-api.eu-west-1.amazonaws.com"}
    if authorization is not None:
        headers["Authorization"] = authorization
    query = {} if token is None else {"token": token}
    return {
        "type": "REQUEST",
        "methodArn": f"{STAGE_ARN}/$connect",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
        "stageVariables": {},
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "connectionId": "QG3EfLtPIAMCIeQ=",
            "messageDirection": "IN",
            "stage": "prod",
            "apiId": "abcdef123",
            "requestId": "QG3EfHfGoAMFkzg=",
        },
    }
