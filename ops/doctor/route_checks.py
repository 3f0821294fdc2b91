"""Methods and routes that the authorizer does not guard, as an API is configured."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ops.aws import answering
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import STACK_NEEDS, Site
from ops.gateways import GATEWAY_NEEDS, GuardedApi
from ops.gateways import Kind as ApiKind

_ATTACH = "docs/attach/README.md"

OPEN = Kind(
    "route_open",
    Severity.HIGH,
    "Anybody may call it, with a revoked token or none.",
    "Give it the authorizer and deploy the stage; or name it with --open if it is meant.",
    _ATTACH,
)
ELSEWHERE = Kind(
    "route_guarded_otherwise",
    Severity.MEDIUM,
    "API Gateway's own Cognito and JWT authorizers check no revocation: a revoked token is let in"
    " until it expires. What another function checks is not known here.",
    "Give it this authorizer; or name it with --open if it is meant.",
    _ATTACH,
)
OPEN_GONE = Kind(
    "open_route_gone",
    Severity.LOW,
    "A list that nobody keeps opens what comes later under that name.",
    "Leave it out of --open.",
    _ATTACH,
)
_FUNCTION = re.compile(r":function:(?P<name>[\w-]+)[:/]")

#: Callers who sign have no token.
_WITHOUT_TOKENS = frozenset({"AWS_IAM"})


def _routes(site: Site) -> Iterator[Finding]:
    unmet = set(site.open_routes)
    for api_id, guards in apis_of(site).items():
        ours = {guard.authorizer_id for guard in guards}
        for route in routes_of(site, guards[0]):
            unmet.discard(route.key)
            is_settled = route.key in site.open_routes or route.kind in _WITHOUT_TOKENS
            if is_settled or route.is_guarded_by(ours):
                continue
            where = f"{guards[0].name} ({api_id})"
            if route.kind != "NONE":
                yield ELSEWHERE.at(where, f"{route.key} is guarded by another one ({route.kind})")
            elif not (route.invokes and route.invokes in site.self_guarded):
                yield OPEN.at(where, f"{route.key} has no authorizer")
    for key in sorted(unmet):
        yield OPEN_GONE.at(key, "no API has this route")


def apis_of(site: Site) -> Mapping[str, list[GuardedApi]]:
    """The authorizers of each API, by its id. Raises DoesNotApplyError if there is none."""
    found: dict[str, list[GuardedApi]] = {}
    for guard in site.gateways:
        found.setdefault(guard.api_id, []).append(guard)
    if not found:
        raise DoesNotApplyError("no API invokes the authorizer")
    return found


class Route(NamedTuple):
    """``METHOD /path``, the type of what guards it, that one's id, and the function behind it."""

    key: str
    kind: str
    authorizer: str
    invokes: str = ""

    def is_guarded_by(self, authorizers: Collection[str]) -> bool:
        """Whether one of these Lambda authorizers guards it."""
        return self.kind == "CUSTOM" and self.authorizer in authorizers


def routes_of(site: Site, api: GuardedApi) -> Iterator[Route]:
    """The routes that tokens are sent to, as the API is configured. Raises OpsError."""
    if api.kind is ApiKind.REST:
        pages = site.client("apigateway").get_paginator("get_resources")
        with answering():
            for page in pages.paginate(restApiId=api.api_id, embed=["methods"]):
                for resource in page.get("items", []):
                    yield from _methods(resource)
        return
    pages = site.client("apigatewayv2").get_paginator("get_routes")
    with answering():
        for page in pages.paginate(ApiId=api.api_id):
            for route in page.get("Items", []):
                key = route["RouteKey"]
                if key.startswith("OPTIONS ") or _is_after_connecting(api, key):
                    continue
                kind = route.get("AuthorizationType", "NONE")
                yield Route(key, kind, route.get("AuthorizerId", ""))


def _methods(resource: Mapping[str, Any]) -> Iterator[Route]:
    for name, method in (resource.get("resourceMethods") or {}).items():
        # Browsers send it without credentials.
        if name != "OPTIONS":
            function = _FUNCTION.search(method.get("methodIntegration", {}).get("uri", ""))
            yield Route(
                f"{name} {resource['path']}",
                method.get("authorizationType", "NONE"),
                method.get("authorizerId", ""),
                "" if function is None else function["name"],
            )


def _is_after_connecting(api: GuardedApi, route: str) -> bool:
    return api.kind is ApiKind.WEBSOCKET and route != "$connect"


CHECKS = (
    Check(
        "routes",
        "every route is guarded",
        _routes,
        (*GATEWAY_NEEDS, *STACK_NEEDS, "lambda:GetFunctionConfiguration"),
        (OPEN, ELSEWHERE, OPEN_GONE),
    ),
)
