"""A stage as it was deployed, which is what answers, whatever its API has been changed to since.

API Gateway exports it as an OpenAPI document: of REST APIs and of HTTP APIs, not of WebSocket APIs.
https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-exports-specification.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ops.aws import Aws

_INVOKED = re.compile(r"/functions/(?P<arn>[^/]+)/invocations$")
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_AUTH_TYPE = "x-amazon-apigateway-authtype"
_ANY = "x-amazon-apigateway-any-method"
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", _ANY})

#: What API Gateway takes if it is told none. https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
DEFAULT_TTL_SECONDS = 300


class Guard(NamedTuple):
    """What a route asks before it lets a call through: ``custom`` is a Lambda authorizer."""

    name: str
    kind: str
    invokes: str
    """The function's ARN, with the alias if it names one."""
    ttl_seconds: int


class DeployedStage(NamedTuple):
    """What guards each ``METHOD /path``; nothing, if anybody may call it."""

    name: str
    routes: Mapping[str, tuple[Guard, ...]]

    def ttl_seconds(self, function_arn: str, authorizer: str) -> int:
        """How long an authorizer's answers are repeated; 0 if it guards nothing here.

        One that had another name then has the longest of all that invoked the function.
        """
        function = unqualified(function_arn)
        guards = {guard for guards in self.routes.values() for guard in guards}
        invoking = [guard for guard in guards if unqualified(guard.invokes) == function]
        named = [guard for guard in invoking if guard.name == authorizer]
        return max((guard.ttl_seconds for guard in named or invoking), default=0)


def export_rest_stage(aws: Aws, api_id: str, stage: str) -> DeployedStage:
    """A REST API's. Raises what the SDK does, and ValueError if it is no such document."""
    answer = aws.client("apigateway").get_export(
        restApiId=api_id,
        stageName=stage,
        exportType="oas30",
        parameters={"extensions": "authorizers"},
        accepts="application/json",
    )
    return read_stage(stage, answer["body"].read())


def export_http_stage(aws: Aws, api_id: str, stage: str) -> DeployedStage:
    """An HTTP API's. Raises what the SDK does, and ValueError if it is no such document."""
    answer = aws.client("apigatewayv2").export_api(
        ApiId=api_id,
        StageName=stage,
        Specification="OAS30",
        OutputType="JSON",
        IncludeExtensions=True,
    )
    return read_stage(stage, answer["body"].read())


def read_stage(name: str, document: bytes) -> DeployedStage:
    """Read an OpenAPI document.

    Raises:
        ValueError: it is none, or a route is guarded by what is not in it.
    """
    try:
        api = json.loads(document)
        schemes = api.get("components", {}).get("securitySchemes", {})
        guards = {scheme: _guard(scheme, described) for scheme, described in schemes.items()}
        return DeployedStage(name, dict(_routes(api, guards)))
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError("not an export of an API") from None


def invoked(uri: str) -> str:
    """The ARN in ``arn:aws:apigateway:…:lambda:path/2015-03-31/functions/<ARN>/invocations``."""
    match = _INVOKED.search(uri)
    return "" if match is None else match["arn"]


def unqualified(function_arn: str) -> str:
    """A function's ARN without version and alias."""
    return ":".join(function_arn.split(":")[:7])


def _guard(name: str, scheme: Mapping[str, Any]) -> Guard:
    authorizer = scheme.get(_AUTHORIZER, {})
    return Guard(
        name,
        scheme.get(_AUTH_TYPE) or authorizer.get("type") or scheme["type"],
        invoked(authorizer.get("authorizerUri", "")),
        int(authorizer.get("authorizerResultTtlInSeconds", DEFAULT_TTL_SECONDS)),
    )


def _routes(
    api: Mapping[str, Any], guards: Mapping[str, Guard]
) -> Iterator[tuple[str, tuple[Guard, ...]]]:
    for path, item in api["paths"].items():
        for method, operation in item.items():
            if method not in _METHODS:
                continue
            wanted = operation.get("security", api.get("security", []))
            names = sorted({name for alternative in wanted for name in alternative})
            yield _key(method, path), tuple(guards[name] for name in names)


def _key(method: str, path: str) -> str:
    if path == "/$default":
        return "$default"
    return f"{'ANY' if method == _ANY else method.upper()} {path}"
