"""The events that an authorizer is called with, in the shapes of AWS's documentation.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.gateway.config import Api, AuthorizerConfig, AuthorizerKind, Flavour
from local.gateway.matching import Match
from local.gateway.messages import HttpRequest

#: The HTTP API's authorizer event that looks like a REST API's.
_VERSION_1 = "1.0"


def method_arn(api: Api, request: HttpRequest) -> str:
    """What the policy is asked about: the method and the path as they were called."""
    return f"{api.stage_arn}/{request.method}{request.path}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request at its route, with the id and the time (seconds since the epoch) it was given."""

    api: Api
    match: Match
    request: HttpRequest
    request_id: str
    at: float


def build_event(
    config: AuthorizerConfig, arrival: Arrival, values: tuple[str, ...]
) -> dict[str, Any]:
    """The event for one call of the authorizer; ``values`` are its identity sources' in order."""
    api, request = arrival.api, arrival.request
    if api.flavour is Flavour.HTTP:
        if config.payload_version == _VERSION_1:
            return _http_version_1(arrival, values)
        return _http_version_2(arrival, values)
    if config.kind is AuthorizerKind.TOKEN:
        return {
            "type": "TOKEN",
            "methodArn": method_arn(api, request),
            "authorizationToken": values[0],
        }
    return _rest_request(arrival)


def _rest_request(arrival: Arrival) -> dict[str, Any]:
    api, match, request = arrival.api, arrival.match, arrival.request
    return {
        "type": "REQUEST",
        "methodArn": method_arn(api, request),
        "resource": match.route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers),
        "multiValueHeaders": lists(request.headers),
        "queryStringParameters": dict(request.query_pairs()),
        "multiValueQueryStringParameters": lists(request.query_pairs()),
        "pathParameters": dict(match.path_parameters),
        "stageVariables": dict(api.stage_variables),
        "requestContext": _rest_context(arrival),
    }


def _rest_context(arrival: Arrival) -> dict[str, Any]:
    api, match, request = arrival.api, arrival.match, arrival.request
    return {
        "path": f"/{api.stage}{request.path}",
        "accountId": api.account_id,
        "resourceId": "05c7jb",
        "stage": api.stage,
        "requestId": arrival.request_id,
        "identity": {"sourceIp": request.source_ip, "userAgent": _user_agent(request)},
        "resourcePath": match.route.path,
        "httpMethod": request.method,
        "apiId": api.api_id,
    }


def _http_version_1(arrival: Arrival, values: tuple[str, ...]) -> dict[str, Any]:
    api, match, request = arrival.api, arrival.match, arrival.request
    identity = ",".join(values)
    return {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": method_arn(api, request),
        "identitySource": identity,
        "authorizationToken": identity,
        "resource": match.route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _joined(request.headers),
        "queryStringParameters": _joined(request.query_pairs()),
        "pathParameters": dict(match.path_parameters),
        "stageVariables": dict(api.stage_variables),
        "requestContext": _rest_context(arrival),
    }


def _http_version_2(arrival: Arrival, values: tuple[str, ...]) -> dict[str, Any]:
    api, match, request = arrival.api, arrival.match, arrival.request
    names = [(name.lower(), value) for name, value in request.headers]
    cookies = [
        pair.strip() for name, value in names if name == "cookie" for pair in value.split(";")
    ]
    event: dict[str, Any] = {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": method_arn(api, request),
        "identitySource": list(values),
        "routeKey": match.route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": _joined((name, value) for name, value in names if name != "cookie"),
        "requestContext": {
            "accountId": api.account_id,
            "apiId": api.api_id,
            "domainName": f"{api.api_id}.execute-api.{api.region}.amazonaws.com",
            "domainPrefix": api.api_id,
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source_ip,
                "userAgent": _user_agent(request),
            },
            "requestId": arrival.request_id,
            "routeKey": match.route.key,
            "stage": api.stage,
            "time": datetime.fromtimestamp(arrival.at, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(arrival.at * 1000),
        },
    }
    # Members without content are left out of the 2.0 form.
    optional = {
        "cookies": cookies,
        "queryStringParameters": _joined(request.query_pairs()),
        "pathParameters": dict(match.path_parameters),
        "stageVariables": dict(api.stage_variables),
    }
    return event | {name: value for name, value in optional.items() if value}


def _user_agent(request: HttpRequest) -> str:
    return ",".join(request.header_values("User-Agent"))


def lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Every value of each name, in their order."""
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: ",".join(values) for name, values in lists(pairs).items()}
