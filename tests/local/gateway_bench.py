"""A gateway with an authorizer that answers what the test says, and writes down its events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local.clock import MovableClock
from local.gateway.config import (
    Api,
    AuthorizerConfig,
    AuthorizerKind,
    Flavour,
    GatewayResponse,
    Refusal,
    Route,
)
from local.gateway.gateway import Gateway
from local.gateway.messages import HttpAnswer, HttpRequest

STAGE_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
REST_SOURCE = "method.request.header.Authorization"
HTTP_SOURCE = "$request.header.Authorization"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect: str, *resources: str, **more: Any) -> dict[str, Any]:
    """A statement about routes of the stage, such as ``GET/hello``."""
    arns = [f"{STAGE_ARN}/{resource}" for resource in resources]
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": arns} | more


ALLOW_ALL = policy(statement("Allow", "*"))
DENY_ALL = policy(statement("Deny", "*"))


@dataclass
class Lambda:
    """Stands for the authorizer's function. ``answer`` is returned, or raised if an exception."""

    answer: Any = field(
        default_factory=lambda: {"principalId": "ada", "policyDocument": ALLOW_ALL, "context": {}}
    )
    events: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, event: dict[str, Any]) -> Any:
        self.events.append(event)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def returns_policy(self, document: Any, **context: Any) -> None:
        self.answer = {"principalId": "ada", "policyDocument": document, "context": context}


class GatewayBench:
    def __init__(self, api: Api, function: Lambda, clock: MovableClock) -> None:
        self.gateway = Gateway(api, clock)
        self.function = function
        self.clock = clock

    def send(self, target: str = "GET /hello", *headers: tuple[str, str]) -> HttpAnswer:
        """Send ``METHOD /path?query``; with no headers given, with one Authorization header."""
        method, _, address = target.partition(" ")
        path, _, query = address.partition("?")
        sent = headers or (("Authorization", "Bearer t1"),)
        return self.gateway.answer(HttpRequest(method, path, query, tuple(sent)))

    def status(self, target: str = "GET /hello", *headers: tuple[str, str]) -> int:
        return self.send(target, *headers).status

    def event(self, target: str = "GET /hello", *headers: tuple[str, str]) -> dict[str, Any]:
        """The event of the call that this request causes."""
        self.send(target, *headers)
        return self.function.events[-1]


def rest(
    *, gateway_responses: Mapping[Refusal, GatewayResponse] | None = None, **authorizer: Any
) -> GatewayBench:
    settings = {"identity_sources": (REST_SOURCE,)} | authorizer
    return _bench(Flavour.REST, settings, gateway_responses)


def rest_token(**authorizer: Any) -> GatewayBench:
    return rest(kind=AuthorizerKind.TOKEN, **authorizer)


def http(**authorizer: Any) -> GatewayBench:
    return _bench(Flavour.HTTP, {"identity_sources": (HTTP_SOURCE,)} | authorizer)


def http_simple(**authorizer: Any) -> GatewayBench:
    bench = http(has_simple_responses=True, **authorizer)
    bench.function.answer = {"isAuthorized": True, "context": {}}
    return bench


def body(answer: HttpAnswer) -> Any:
    return json.loads(answer.body)


def _bench(
    flavour: Flavour,
    authorizer: dict[str, Any],
    gateway_responses: Mapping[Refusal, GatewayResponse] | None = None,
) -> GatewayBench:
    function = Lambda()
    settings: dict[str, Any] = {"name": "a", "invoke": function, "ttl_seconds": 0} | authorizer
    config = AuthorizerConfig(**settings)
    second = replace(config, name="b")
    api = Api(
        flavour,
        routes=(
            Route("GET", "/hello", config),
            Route("POST", "/hello", config),
            Route("GET", "/strict", second),
            Route("OPTIONS", "/hello"),
            Route("GET", "/orders/{id}", config),
            Route("ANY", "/files/{path+}", config),
        ),
        gateway_responses=gateway_responses or {},
        stage_variables={"tenant": "t"},
    )
    return GatewayBench(api, function, MovableClock())
