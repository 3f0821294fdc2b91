"""OpenAPI documents, with API Gateway's extensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .attached import ApiKind, Attached, Authorizer, Refusal
from .intrinsics import Intrinsics

_METHODS = ("get", "put", "post", "delete", "patch", "head", "x-amazon-apigateway-any-method")


def read(document: Mapping[str, Any], kind: ApiKind, api: str, spell: Intrinsics) -> Attached:
    """What the document of ``api`` attaches. A ``security`` at its root counts for nothing."""
    authorizers = {
        f"{api}.{name}": _authorizer(scheme["x-amazon-apigateway-authorizer"], kind, api, spell)
        for name, scheme in document["components"]["securitySchemes"].items()
    }
    return Attached(
        authorizers=authorizers,
        routes={
            (api, f"{method.upper()} {path}"): _guard_of(operation, api)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in _METHODS
        },
        refusals={
            (api, name): Refusal(
                status=str(response["statusCode"]),
                headers={
                    header.removeprefix("gatewayresponse.header."): value
                    for header, value in response["responseParameters"].items()
                },
                body=response["responseTemplates"]["application/json"],
            )
            for name, response in document.get("x-amazon-apigateway-gateway-responses", {}).items()
        },
    )


def _authorizer(
    extension: Mapping[str, Any], kind: ApiKind, api: str, spell: Intrinsics
) -> Authorizer:
    return Authorizer(
        kind=kind,
        api=api,
        uri=spell.text(extension["authorizerUri"]),
        type=extension["type"].upper(),
        identity_sources=spell.texts(extension["identitySource"]),
        ttl=spell.number(extension.get("authorizerResultTtlInSeconds")),
        payload_version=extension.get("authorizerPayloadFormatVersion"),
        is_simple=extension.get("enableSimpleResponses", False),
    )


def _guard_of(operation: Mapping[str, Any], api: str) -> str | None:
    """The one scheme that an operation asks for. Of several alternatives the weakest counts."""
    security = operation.get("security", [])
    if len(security) != 1 or len(security[0]) != 1:
        return None
    return f"{api}.{next(iter(security[0]))}"
