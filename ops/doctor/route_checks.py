"""Methods and routes that the authorizer does not guard, and stages that log tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ops.aws import answering
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import STACK_NEEDS, Site
from ops.gateways import GATEWAY_NEEDS, GuardedApi
from ops.gateways import Kind as ApiKind

_LOG_DOCS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"
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
TRACED = Kind(
    "stage_traces_data",
    Severity.HIGH,
    "Requests are logged whole. API Gateway leaves the Authorization header out, and no cookie, no"
    " query and no body.",
    "Switch data trace (full request and response logs) off for the stage.",
    _LOG_DOCS,
)
LOGGED = Kind(
    "log_format_shows_callers",
    Severity.MEDIUM,
    "The access log holds what the authorizer said of the caller, or what the caller sent: names,"
    " sessions, tokens.",
    "Log $context.authorizer.error, .status, .latency and .requestId only, as infra/example_api.py"
    " does.",
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html",
)

#: Of a Lambda authorizer, but not what it returned.
_HARMLESS = "error|status|latency|requestId|integrationLatency|integrationStatus"
_TELLING = re.compile(
    rf"\$context\.authorizer\.(?!(?:{_HARMLESS})\b)[\w.]+"
    r"|\$context\.requestOverride\.[\w.]+|\$input[\w.]*",
)
_FUNCTION = re.compile(r":function:(?P<name>[\w-]+)[:/]")

#: Callers who sign have no token.
_WITHOUT_TOKENS = frozenset({"AWS_IAM"})


def _routes(site: Site) -> Iterator[Finding]:
    unmet = set(site.open_routes)
    for api_id, guards in _by_api(site).items():
        ours = {guard.authorizer_id for guard in guards}
        for route in _all_routes(site, guards[0]):
            unmet.discard(route.key)
            is_ours = route.kind == "CUSTOM" and route.authorizer in ours
            if is_ours or route.key in site.open_routes or route.kind in _WITHOUT_TOKENS:
                continue
            where = f"{guards[0].name} ({api_id})"
            if route.kind != "NONE":
                yield ELSEWHERE.at(where, f"{route.key} is guarded by another one ({route.kind})")
            elif not (route.invokes and route.invokes in site.self_guarded):
                yield OPEN.at(where, f"{route.key} has no authorizer")
    for key in sorted(unmet):
        yield OPEN_GONE.at(key, "no API has this route")


def _logs(site: Site) -> Iterator[Finding]:
    for guards in _by_api(site).values():
        api = guards[0]
        for name, stage in _stages(site, api):
            where = f"{api.name}, stage {name}"
            if _is_traced(stage):
                yield TRACED.at(where, "data trace is on")
            telling = _TELLING.findall(_log_format(stage))
            if telling:
                yield LOGGED.at(where, f"the access log's format has {', '.join(sorted(telling))}")


def _by_api(site: Site) -> Mapping[str, list[GuardedApi]]:
    found: dict[str, list[GuardedApi]] = {}
    for guard in site.gateways:
        found.setdefault(guard.api_id, []).append(guard)
    if not found:
        raise DoesNotApplyError("no API invokes the authorizer")
    return found


class _Route(NamedTuple):
    """``METHOD /path``, the type of what guards it, that one's id, and the function behind it."""

    key: str
    kind: str
    authorizer: str
    invokes: str = ""


def _all_routes(site: Site, api: GuardedApi) -> Iterator[_Route]:
    if api.kind is ApiKind.REST:
        pages = site.client("apigateway").get_paginator("get_resources")
        with answering():
            for page in pages.paginate(restApiId=api.api_id, embed=["methods"]):
                for resource in page["items"]:
                    yield from _methods(resource)
        return
    pages = site.client("apigatewayv2").get_paginator("get_routes")
    with answering():
        for page in pages.paginate(ApiId=api.api_id):
            for route in page["Items"]:
                key = route["RouteKey"]
                if key.startswith("OPTIONS ") or _is_after_connecting(api, key):
                    continue
                kind = route.get("AuthorizationType", "NONE")
                yield _Route(key, kind, route.get("AuthorizerId", ""))


def _methods(resource: Mapping[str, Any]) -> Iterator[_Route]:
    for name, method in (resource.get("resourceMethods") or {}).items():
        # Browsers send it without credentials.
        if name != "OPTIONS":
            function = _FUNCTION.search(method.get("methodIntegration", {}).get("uri", ""))
            yield _Route(
                f"{name} {resource['path']}",
                method.get("authorizationType", "NONE"),
                method.get("authorizerId", ""),
                "" if function is None else function["name"],
            )


def _is_after_connecting(api: GuardedApi, route: str) -> bool:
    return api.kind is ApiKind.WEBSOCKET and route != "$connect"


def _stages(site: Site, api: GuardedApi) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with answering():
        if api.kind is ApiKind.REST:
            for stage in site.client("apigateway").get_stages(restApiId=api.api_id)["item"]:
                yield stage["stageName"], stage
            return
        for stage in site.client("apigatewayv2").get_stages(ApiId=api.api_id)["Items"]:
            yield stage["StageName"], stage


def _is_traced(stage: Mapping[str, Any]) -> bool:
    settings: Sequence[Mapping[str, Any]] = [
        *(stage.get("methodSettings") or {}).values(),
        *(stage.get("RouteSettings") or {}).values(),
        stage.get("DefaultRouteSettings") or {},
    ]
    return any(s.get("dataTraceEnabled") or s.get("DataTraceEnabled") for s in settings)


def _log_format(stage: Mapping[str, Any]) -> str:
    rest, other = stage.get("accessLogSettings") or {}, stage.get("AccessLogSettings") or {}
    return str(rest.get("format") or other.get("Format") or "")


CHECKS = (
    Check(
        "routes",
        "every route is guarded",
        _routes,
        (*GATEWAY_NEEDS, *STACK_NEEDS, "lambda:GetFunctionConfiguration"),
        (OPEN, ELSEWHERE, OPEN_GONE),
    ),
    Check("stage_logs", "no stage logs tokens", _logs, GATEWAY_NEEDS, (TRACED, LOGGED)),
)
