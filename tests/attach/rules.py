"""What must hold of every example, and of whatever people copy from it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.exports import Export, parameter_name
from infra.token_identity import for_http, for_rest, for_websocket

from .attached import ApiKind, Attached, Authorizer, Permission

_EXPORT = re.compile(r"<ssm:(?P<parameter>[^>]+)>")
_INVOCATION = re.compile(
    r"arn:(?:aws|<[^:>]+>):apigateway:<[^:>]+>:lambda:path/2015-03-31/functions/"
    r"(?P<function><ssm:[^>]+>)/invocations"
)
_ROUTE_KEY = "$context.routeKey"

#: In each kind of API's own words: the exported place, and the places that literals may name.
_SOURCES = {
    ApiKind.REST: (Export.REST_IDENTITY_SOURCE, for_rest("authorization")),
    ApiKind.HTTP: (Export.HTTP_IDENTITY_SOURCE, for_http("authorization")),
    ApiKind.WEBSOCKET: (Export.WEBSOCKET_IDENTITY_SOURCE, for_websocket("query:token")),
}
#: What a client sees, as infra/gateway_responses.py sets it too.
REFUSALS = {
    "UNAUTHORIZED": ("401", "WWW-Authenticate", '\'Bearer error="invalid_token"'),
    "ACCESS_DENIED": ("403", "WWW-Authenticate", '\'Bearer error="insufficient_scope"'),
    "AUTHORIZER_FAILURE": ("503", "Retry-After", "'1'"),
    "AUTHORIZER_CONFIGURATION_ERROR": ("503", "Retry-After", "'1'"),
}
#: Whatever else an access log is told may hold a token, or what the authorizer returned.
_SAFE_IN_LOGS = re.compile(
    r"\$context\.(?:requestId|requestTime|httpMethod|resourcePath|routeKey|status|responseLatency"
    r"|identity\.sourceIp|error\.responseType)(?![\w.])"
)


def problems(attached: Attached) -> list[str]:
    """A sentence for each rule that is broken."""
    if not attached.authorizers:
        return ["there is no authorizer"]
    return [
        *_export_problems(attached),
        *_authorizer_problems(attached),
        *_route_problems(attached),
        *_permission_problems(attached),
        *_refusal_problems(attached),
        *(
            f"a log is told {variable}, which may hold a token"
            for text in attached.log_formats
            for variable in re.findall(r"\$[\w.$]+|<[^>]+>", _SAFE_IN_LOGS.sub("", text))
        ),
    ]


def function_of(authorizer: Authorizer) -> str | None:
    """The exported function that an authorizer invokes; None if it is something else."""
    if authorizer.kind is ApiKind.GRAPHQL:
        return authorizer.uri
    match = _INVOCATION.fullmatch(authorizer.uri)
    return match["function"] if match else None


def _export_problems(attached: Attached) -> Iterator[str]:
    """Names that no deployment writes: the attaching stack would fail when it is deployed."""
    texts = [each.function for each in attached.permissions]
    for authorizer in attached.authorizers.values():
        texts += [authorizer.uri, str(authorizer.ttl), *authorizer.identity_sources]
    for parameter in sorted(
        {found["parameter"] for text in texts for found in _EXPORT.finditer(text)}
    ):
        stack_name = parameter.split("/")[1]
        if parameter not in {parameter_name(stack_name, export) for export in Export}:
            yield f"{parameter} is not exported"


def _authorizer_problems(attached: Attached) -> Iterator[str]:
    for name, authorizer in attached.authorizers.items():
        function = function_of(authorizer)
        if function is None or not _is_export(function, Export.FUNCTION_ARN):
            yield f"{name} invokes {authorizer.uri}, not the exported function"
        if authorizer.type != "REQUEST":
            yield f"{name} is of type {authorizer.type}, which sees no more than one header"
        yield from _cache_problems(name, authorizer)
        if authorizer.kind is ApiKind.HTTP and authorizer.payload_version != "2.0":
            yield f"{name} asks for payload {authorizer.payload_version}"
        if authorizer.is_simple and _ROUTE_KEY not in authorizer.identity_sources:
            yield f"{name} takes a yes for one route as a yes for all: no {_ROUTE_KEY} in its key"


def _cache_problems(name: str, authorizer: Authorizer) -> Iterator[str]:
    ttl, kind = authorizer.ttl, authorizer.kind
    if kind is ApiKind.WEBSOCKET:
        if ttl is not None:
            yield f"{name} has a TTL, and WebSocket APIs have none"
    elif ttl is None:
        yield f"{name} leaves the TTL to the gateway, whose default may be 300 s"
    elif isinstance(ttl, int):
        if ttl != 0:
            yield f"{name} has a TTL of {ttl} s of which the function knows nothing"
    elif not _is_export(ttl, Export.GATEWAY_TTL_SECONDS):
        yield f"{name} takes its TTL from {ttl}"
    if kind is ApiKind.GRAPHQL:
        return
    export, literal = _SOURCES[kind]
    sources = [source for source in authorizer.identity_sources if source != _ROUTE_KEY]
    if len(sources) != 1 or not (sources[0] == literal or _is_export(sources[0], export)):
        yield f"{name} looks for the token in {sources}, not where the function does"
    elif isinstance(ttl, str) and sources[0] == literal:
        yield f"{name} takes its TTL from the deployment and its cache key from elsewhere"


def _route_problems(attached: Attached) -> Iterator[str]:
    if not any(attached.routes) and not any(attached.of(ApiKind.GRAPHQL)):
        yield "there is no route"
    for (api, route), name in attached.routes.items():
        if name is None or name not in attached.authorizers:
            yield f"{route} of {api} has no authorizer"
            continue
        authorizer = attached.authorizers[name]
        is_wide = "{" in route or route.startswith(("ANY ", "$default"))
        if authorizer.is_simple and authorizer.ttl != 0 and is_wide:
            yield f"{route} of {api} stands for several requests, which would share one cached yes"


def _permission_problems(attached: Attached) -> Iterator[str]:
    ours = [each for each in attached.permissions if _is_export(each.function, Export.FUNCTION_ARN)]
    for permission in ours:
        if not any(
            _permits(permission, name, authorizer)
            for name, authorizer in attached.authorizers.items()
        ):
            yield f"{permission.principal} may invoke the function for {permission.source}"
    for name, authorizer in attached.authorizers.items():
        if not any(_permits(permission, name, authorizer) for permission in ours):
            yield f"{name} may not invoke the function"


def _permits(permission: Permission, name: str, authorizer: Authorizer) -> bool:
    """Whether this permission is for that authorizer, and for nothing but its API's."""
    if permission.function != function_of(authorizer) or permission.source is None:
        return False
    if authorizer.kind is ApiKind.GRAPHQL:
        scope = re.escape(f"<{authorizer.api}.Arn>")
        principal = "appsync.amazonaws.com"
    else:
        own = rf"{re.escape(f'<{authorizer.api}>')}/authorizers/(?:\*|{re.escape(f'<{name}>')})"
        scope = rf"arn:(?:aws|<Partition>):execute-api:<Region>:<AccountId>:{own}"
        principal = "apigateway.amazonaws.com"
    is_in_scope = re.fullmatch(scope, permission.source)
    return permission.principal == principal and is_in_scope is not None


def _refusal_problems(attached: Attached) -> Iterator[str]:
    for api in sorted({authorizer.api for _, authorizer in attached.of(ApiKind.REST)}):
        for kind, (status, header, value) in REFUSALS.items():
            refusal = attached.refusals.get((api, kind))
            if refusal is None:
                yield f"{api} answers {kind} in the gateway's own way"
            elif refusal.status != status:
                yield f"{api} answers {kind} with {refusal.status}"
            elif not refusal.headers.get(header, "").startswith(value):
                yield f"{api} answers {kind} without {header}: {value}"
            elif not refusal.body or "$context" in refusal.body:
                yield f"{api} answers {kind} with the gateway's own words"


def _is_export(text: str, export: Export) -> bool:
    found = _EXPORT.fullmatch(text)
    if found is None:
        return False
    stack_name = found["parameter"].split("/")[1]
    return found["parameter"] == parameter_name(stack_name, export)
