"""The local gateway's configuration, read from a deployed REST API by the SDK."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.mock_integration import MockIntegration
from local.aws.permissions import demand_permission
from local.gateway.config import (
    Api,
    AuthorizerConfig,
    AuthorizerKind,
    BackendCall,
    Flavour,
    GatewayResponse,
    Invoke,
    Refusal,
    Route,
)
from local.gateway.messages import HttpAnswer
from local.gateway.proxy import proxy_integration
from local.gateway.refusals import DEFAULT_RESPONSES

_SERVICE = "apigateway.amazonaws.com"
_API_URL = re.compile(r"https://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>[^/]+)/")
_FUNCTION = re.compile(r"functions/(?P<arn>arn:aws:lambda:[^/]+)/invocations")
#: What AWS takes, if an authorizer does not say.
_DEFAULT_TTL_SECONDS = 300


class ApiError(Exception):
    """The deployed API has something that the local gateway cannot do."""


def read_api(clients: Clients, url: str, functions: Mapping[str, Invoke]) -> Api:
    """The API behind ``url`` as it is deployed.

    Args:
        url: as the stack's output has it.
        functions: how to call a function, by its ARN.

    Raises:
        ApiError: it has something that the local gateway cannot do.
        local.aws.permissions.NotPermittedError: it may not call one of its functions.
    """
    found = _API_URL.fullmatch(url)
    if found is None:
        raise ApiError(f"not the URL of a stage: {url}")
    gateway, api_id = clients.of("apigateway"), found["api"]
    # It must be there, and have a deployment that is there.
    stage = gateway.get_stage(restApiId=api_id, stageName=found["stage"])
    gateway.get_deployment(restApiId=api_id, deploymentId=stage["deploymentId"])
    authorizers = {
        authorizer["id"]: _authorizer(clients, api_id, authorizer, functions)
        for authorizer in gateway.get_authorizers(restApiId=api_id, limit=500)["items"]
    }
    return Api(
        flavour=Flavour.REST,
        routes=tuple(_routes(clients, stage["stageName"], api_id, authorizers, functions)),
        gateway_responses=_gateway_responses(clients, api_id),
        api_id=api_id,
        stage=stage["stageName"],
        region=clients.region,
        account_id=ACCOUNT_ID,
        stage_variables=stage.get("variables", {}),
    )


def _authorizer(
    clients: Clients, api_id: str, authorizer: Mapping[str, Any], functions: Mapping[str, Invoke]
) -> AuthorizerConfig:
    invoke = _function(
        clients,
        authorizer["authorizerUri"],
        functions,
        source=f"{api_id}/authorizers/{authorizer['id']}",
    )
    sources = authorizer.get("identitySource", "")
    return AuthorizerConfig(
        name=authorizer["id"],
        invoke=invoke,
        identity_sources=tuple(source.strip() for source in sources.split(",")) if sources else (),
        kind=AuthorizerKind(authorizer["type"]),
        ttl_seconds=int(authorizer.get("authorizerResultTtlInSeconds", _DEFAULT_TTL_SECONDS)),
        token_pattern=authorizer.get("identityValidationExpression") or None,
    )


def _function(
    clients: Clients, uri: str, functions: Mapping[str, Invoke], *, source: str
) -> Invoke:
    """What API Gateway calls by a URI, on behalf of a part of an API."""
    function = _FUNCTION.search(uri)
    if function is None or function["arn"] not in functions:
        raise ApiError(f"{source} calls {uri}, which is not here")
    demand_permission(
        clients,
        function["arn"],
        service=_SERVICE,
        source=f"arn:aws:execute-api:{clients.region}:{ACCOUNT_ID}:{source}",
    )
    return functions[function["arn"]]


def _routes(
    clients: Clients,
    stage: str,
    api_id: str,
    authorizers: Mapping[str, AuthorizerConfig],
    functions: Mapping[str, Invoke],
) -> Iterator[Route]:
    gateway = clients.of("apigateway")
    for resource in gateway.get_resources(restApiId=api_id, limit=500)["items"]:
        for verb in resource.get("resourceMethods", {}):
            method = gateway.get_method(
                restApiId=api_id, resourceId=resource["id"], httpMethod=verb
            )
            kind = method["authorizationType"]
            if kind not in ("NONE", "CUSTOM"):
                raise ApiError(f"{verb} {resource['path']} has authorization {kind}")
            integration = method["methodIntegration"]
            backend: Callable[[BackendCall], HttpAnswer]
            if integration["type"] == "MOCK":
                backend = MockIntegration.of(integration)
            elif integration["type"] == "AWS_PROXY":
                source = f"{api_id}/{stage}/{verb}{resource['path']}"
                backend = proxy_integration(
                    _function(clients, integration["uri"], functions, source=source)
                )
            else:
                raise ApiError(f"{verb} {resource['path']} is neither a mock nor a function")
            yield Route(
                verb,
                resource["path"],
                authorizers[method["authorizerId"]] if kind == "CUSTOM" else None,
                backend,
            )


def _gateway_responses(clients: Clients, api_id: str) -> dict[Refusal, GatewayResponse]:
    items = clients.of("apigateway").get_gateway_responses(restApiId=api_id, limit=500)["items"]
    by_type = {item["responseType"]: item for item in items if not item.get("defaultResponse")}
    responses = {}
    for refusal in Refusal:
        default = DEFAULT_RESPONSES[refusal]
        # A type of its own comes before the one for all of its class.
        item = by_type.get(refusal.value) or by_type.get(f"DEFAULT_{default.status // 100}XX")
        if item is not None:
            responses[refusal] = _gateway_response(item, default)
    return responses


def _gateway_response(item: Mapping[str, Any], default: GatewayResponse) -> GatewayResponse:
    headers = {
        name.removeprefix("gatewayresponse.header."): value.removeprefix("'").removesuffix("'")
        for name, value in item.get("responseParameters", {}).items()
    }
    return GatewayResponse(
        status=int(item.get("statusCode") or default.status),
        headers=headers,
        body=item.get("responseTemplates", {}).get("application/json", default.body),
    )
