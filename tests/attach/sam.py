"""SAM templates as they are written, before SAM translates them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .attached import ApiKind, Attached, Authorizer, Permission, Refusal
from .intrinsics import Intrinsics

_KINDS = {
    "AWS::Serverless::Api": (ApiKind.REST, "method.request.header."),
    "AWS::Serverless::HttpApi": (ApiKind.HTTP, "$request.header."),
}


def read(template: Mapping[str, Any]) -> Attached:
    """What the template asks SAM to attach, permissions among it."""
    spell = Intrinsics(template)
    resources: Mapping[str, Any] = template["Resources"]
    authorizers: dict[str, Authorizer] = {}
    permissions: list[Permission] = []
    for api, resource in resources.items():
        if resource["Type"] not in _KINDS:
            continue
        kind, prefix = _KINDS[resource["Type"]]
        for name, it in resource["Properties"]["Auth"]["Authorizers"].items():
            function = spell.text(it["FunctionArn"])
            identity = it["Identity"]
            authorizers[f"{api}.{name}"] = Authorizer(
                kind=kind,
                api=api,
                uri="arn:<Partition>:apigateway:<Region>:lambda:path/2015-03-31/functions/"
                f"{function}/invocations",
                type=it["FunctionPayloadType"] if kind is ApiKind.REST else "REQUEST",
                identity_sources=tuple(f"{prefix}{header}" for header in identity["Headers"]),
                ttl=identity.get("ReauthorizeEvery"),
                payload_version=it.get("AuthorizerPayloadFormatVersion"),
                is_simple=it.get("EnableSimpleResponses", False),
            )
            if _is_permitted(it, kind):
                scope = f"<Region>:<AccountId>:<{api}>/authorizers/*"
                permissions.append(
                    Permission(
                        function=function,
                        principal="apigateway.amazonaws.com",
                        source=f"arn:<Partition>:execute-api:{scope}",
                    )
                )
    return Attached(
        authorizers=authorizers,
        routes=dict(_routes(resources)),
        permissions=tuple(permissions),
        refusals=dict(_refusals(resources)),
    )


def _is_permitted(authorizer: Mapping[str, Any], kind: ApiKind) -> bool:
    if kind is ApiKind.REST:
        return not authorizer.get("DisableFunctionDefaultPermissions", False)
    return bool(authorizer.get("EnableFunctionDefaultPermissions", False))


def _routes(resources: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str | None]]:
    for resource in resources.values():
        for event in resource["Properties"].get("Events", {}).values():
            it = event["Properties"]
            api = it.get("RestApiId", it.get("ApiId"))["Ref"]
            default = resources[api]["Properties"]["Auth"].get("DefaultAuthorizer")
            name = it.get("Auth", {}).get("Authorizer", default)
            yield (api, f"{it['Method']} {it['Path']}"), f"{api}.{name}"


def _refusals(resources: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Refusal]]:
    for api, resource in resources.items():
        for kind, it in resource["Properties"].get("GatewayResponses", {}).items():
            yield (
                (api, kind),
                Refusal(
                    status=it["StatusCode"],
                    headers=it["ResponseParameters"]["Headers"],
                    body=it["ResponseTemplates"]["application/json"],
                ),
            )
