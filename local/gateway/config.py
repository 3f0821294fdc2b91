"""What an API is made of: plain data, which a test writes down or a deployment fills in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from local.gateway.messages import HttpAnswer, HttpRequest

#: The authorizer's Lambda function: an event in, an answer out. An exception is a failed
#: invocation, whose text is what the gateway gets to see as ``errorMessage``.
Invoke = Callable[[dict[str, Any]], Any]


class Flavour(StrEnum):
    """API Gateway's two kinds of API for HTTP."""

    REST = "REST"
    HTTP = "HTTP"


class AuthorizerKind(StrEnum):
    """What an authorizer is given. HTTP APIs have REQUEST only."""

    TOKEN = "TOKEN"
    REQUEST = "REQUEST"


class Refusal(StrEnum):
    """Gateway response types, in AWS's words.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """

    UNAUTHORIZED = "UNAUTHORIZED"
    ACCESS_DENIED = "ACCESS_DENIED"
    AUTHORIZER_FAILURE = "AUTHORIZER_FAILURE"
    AUTHORIZER_CONFIGURATION_ERROR = "AUTHORIZER_CONFIGURATION_ERROR"
    MISSING_AUTHENTICATION_TOKEN = "MISSING_AUTHENTICATION_TOKEN"
    """Of a REST API: no such route. The name is AWS's."""


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """How a REST API words a refusal.

    ``body`` is a template: ``$context.requestId``, ``$context.error.message``,
    ``$context.error.messageString``, ``$context.error.responseType`` and, where the authorizer
    has answered, ``$context.authorizer.<name>`` of its context are replaced. Header values are
    static.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = '{"message":$context.error.messageString}'


@dataclass(frozen=True, slots=True)
class AuthorizerConfig:
    """A Lambda authorizer.

    ``identity_sources`` are written as in AWS: ``method.request.header.Authorization`` for a
    REST API, ``$request.header.Authorization`` or ``$context.routeKey`` for an HTTP API.
    ``ttl_seconds`` of 0 switches the result cache off. ``token_pattern`` (TOKEN only) is matched
    before the function is called. ``payload_version`` and ``has_simple_responses`` are for HTTP
    APIs.
    """

    name: str
    invoke: Invoke
    identity_sources: tuple[str, ...]
    kind: AuthorizerKind = AuthorizerKind.REQUEST
    ttl_seconds: int = 300
    token_pattern: str | None = None
    payload_version: str = "2.0"
    has_simple_responses: bool = False

    def __post_init__(self) -> None:
        if self.kind is AuthorizerKind.TOKEN and len(self.identity_sources) != 1:
            raise ValueError("a TOKEN authorizer has one identity source")
        if self.ttl_seconds > 0 and not self.identity_sources:
            raise ValueError("answers are cached under identity sources: name some")


@dataclass(frozen=True, slots=True)
class BackendCall:
    """What a backend gets: the request, its route, and the authorizer's context."""

    request: HttpRequest
    route: Route
    authorizer: Mapping[str, Any]


def echo(call: BackendCall) -> HttpAnswer:
    """Answers what the backend was told."""
    return HttpAnswer.of_json(
        200,
        {
            "method": call.request.method,
            "path": call.request.path,
            "authorizer": dict(call.authorizer),
        },
    )


@dataclass(frozen=True, slots=True)
class Route:
    """A method on a path such as ``/orders/{id}`` or ``/files/{proxy+}``; ANY is any method."""

    method: str
    path: str
    authorizer: AuthorizerConfig | None = None
    backend: Callable[[BackendCall], HttpAnswer] = echo

    @property
    def key(self) -> str:
        """What an HTTP API calls it: ``GET /orders/{id}``, or ``$default``."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Api:
    """One stage of one API. Gateway responses that are not given are AWS's defaults."""

    flavour: Flavour
    routes: tuple[Route, ...]
    gateway_responses: Mapping[Refusal, GatewayResponse] = field(default_factory=dict)
    api_id: str = "abcdef1234"
    stage: str = "prod"
    region: str = "eu-west-1"
    account_id: str = "123456789012"
    stage_variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def stage_arn(self) -> str:
        """The beginning of every method ARN of the stage."""
        return f"arn:aws:execute-api:{self.region}:{self.account_id}:{self.api_id}/{self.stage}"
