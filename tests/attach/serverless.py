"""``serverless.yml`` as it is written, before Serverless makes a template of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from . import cloudformation
from .attached import ApiKind, Attached, Authorizer
from .intrinsics import Intrinsics

#: What Serverless calls the APIs that it makes.
_REST, _HTTP, _SOCKETS = "ApiGatewayRestApi", "HttpApi", "WebsocketsApi"


def read(service: Mapping[str, Any]) -> Attached:
    """What the service attaches. A permission that Serverless makes must be an extension."""
    resources = service["resources"]
    spell = Intrinsics(resources)
    own = cloudformation.read(resources)
    authorizers = {
        f"HttpApiAuthorizer{name.title()}": _http(it, spell)
        for name, it in service["provider"]["httpApi"]["authorizers"].items()
    }
    events = [event for each in service["functions"].values() for event in each["events"]]
    for event in events:
        if "websocket" in event and "authorizer" in event["websocket"]:
            it = event["websocket"]["authorizer"]
            authorizers[_socket_name(it["name"])] = Authorizer(
                kind=ApiKind.WEBSOCKET,
                api=_SOCKETS,
                uri=_uri(spell.text(it["arn"])),
                identity_sources=spell.texts(it["identitySource"]),
            )
    # An extension adds to what Serverless makes: here, to a permission for the named function.
    made = {
        name: {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": event["websocket"]["authorizer"]["arn"],
                "Principal": "apigateway.amazonaws.com",
                **it["Properties"],
            },
        }
        for name, it in resources.get("extensions", {}).items()
        for event in events
        if "authorizer" in event.get("websocket", {})
        and name == _permission_name(event["websocket"]["authorizer"]["name"])
    }
    extended = cloudformation.read({**resources, "Resources": made})
    return replace(
        own,
        authorizers={**own.authorizers, **authorizers},
        routes=dict(_routes(events, spell)),
        permissions=own.permissions + extended.permissions,
    )


def _http(it: Mapping[str, Any], spell: Intrinsics) -> Authorizer:
    assert it["managedExternally"], "Serverless permits the whole API by itself"
    return Authorizer(
        kind=ApiKind.HTTP,
        api=_HTTP,
        uri=_uri(spell.text(it["functionArn"])),
        type=it["type"].upper(),
        identity_sources=spell.texts(it["identitySource"]),
        ttl=it.get("resultTtlInSeconds"),
        payload_version=it.get("payloadVersion"),
        is_simple=it.get("enableSimpleResponses", False),
    )


def _routes(
    events: list[Mapping[str, Any]], spell: Intrinsics
) -> Iterator[tuple[tuple[str, str], str | None]]:
    for event in events:
        ((kind, it),) = event.items()
        guard = it.get("authorizer", {})
        if kind == "http":
            name = spell.text(guard["authorizerId"]).strip("<>") if guard else None
            yield (_REST, f"{it['method']} /{it['path'].lstrip('/')}"), name
        elif kind == "httpApi":
            name = f"HttpApiAuthorizer{guard['name'].title()}" if guard else None
            yield (_HTTP, f"{it['method']} {it['path']}"), name
        elif it["route"] == "$connect":
            yield (_SOCKETS, "$connect"), _socket_name(guard["name"]) if guard else None


def _socket_name(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}WebsocketsAuthorizer"


def _permission_name(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}LambdaPermissionWebsockets"


def _uri(function: str) -> str:
    prefix = "arn:<Partition>:apigateway:<Region>:lambda:path/2015-03-31/functions"
    return f"{prefix}/{function}/invocations"
