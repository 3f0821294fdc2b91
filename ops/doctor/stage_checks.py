"""Stages: what they were deployed with is what answers, and what they log others read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.answers import UnavailableError
from ops.aws import answering
from ops.deployed_stage import DeployedStage, unqualified
from ops.doctor.findings import Check, Finding, Kind, Severity
from ops.doctor.route_checks import apis_of, routes_of
from ops.doctor.site import Site
from ops.gateways import GATEWAY_NEEDS, GuardedApi
from ops.gateways import Kind as ApiKind

_LOG_DOCS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"

BEHIND = Kind(
    "stage_behind",
    Severity.HIGH,
    "A stage answers as it was deployed: there anybody may call, or whom something else lets in.",
    "Deploy the stage.",
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html",
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

#: Callers who sign have no token.
_SIGNED = "awsSigv4"


def _behind(site: Site) -> Iterator[Finding]:
    """Routes without the authorizer where they are deployed, and not so as they are configured."""
    unknown = []
    for guards in apis_of(site).values():
        api = guards[0]
        ours = {guard.authorizer_id for guard in guards}
        # What is not guarded as it is configured is another check's.
        settled = {r.key for r in routes_of(site, api) if not r.is_guarded_by(ours)}
        settled |= site.open_routes
        for stage in api.deployed:
            where = f"{api.name} ({api.api_id}), stage {stage.name}"
            for key in sorted(_unguarded(stage, site.deployment.function_arn) - settled):
                yield BEHIND.at(where, f"{key} was deployed without the authorizer")
        unknown += [f"{api.name}/{name}" for name in api.unknown_stages]
    if unknown:
        raise UnavailableError("export", f"API Gateway does not export {', '.join(unknown)}")


def _unguarded(stage: DeployedStage, function_arn: str) -> set[str]:
    function = unqualified(function_arn)
    return {
        key
        for key, guards in stage.routes.items()
        # Browsers send it without credentials.
        if not key.startswith("OPTIONS ")
        and not any(g.kind == _SIGNED or unqualified(g.invokes) == function for g in guards)
    }


def _logs(site: Site) -> Iterator[Finding]:
    for guards in apis_of(site).values():
        api = guards[0]
        for name, stage in _stages(site, api):
            where = f"{api.name}, stage {name}"
            if _is_traced(stage):
                yield TRACED.at(where, "data trace is on")
            telling = _TELLING.findall(_log_format(stage))
            if telling:
                yield LOGGED.at(where, f"the access log's format has {', '.join(sorted(telling))}")


def _stages(site: Site, api: GuardedApi) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with answering():
        if api.kind is ApiKind.REST:
            found = site.client("apigateway").get_stages(restApiId=api.api_id)
            for stage in found.get("item", []):
                yield stage["stageName"], stage
            return
        found = site.client("apigatewayv2").get_stages(ApiId=api.api_id)
        for stage in found.get("Items", []):
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
    Check("stages", "what is guarded is deployed", _behind, GATEWAY_NEEDS, (BEHIND,)),
    Check("stage_logs", "no stage logs tokens", _logs, GATEWAY_NEEDS, (TRACED, LOGGED)),
)
