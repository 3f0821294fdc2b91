"""Identity sources: where an authorizer's credentials stand, and what the cache goes by.

https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

from __future__ import annotations

from collections.abc import Mapping

from local.gateway.config import Api, AuthorizerConfig, Flavour
from local.gateway.matching import Match
from local.gateway.messages import HttpRequest

_PREFIXES = {Flavour.REST: "method.request.", Flavour.HTTP: "$request."}


class IdentitySourceError(Exception):
    """An identity source is not written as AWS has it, or not known here."""


def identity_values(
    config: AuthorizerConfig, api: Api, match: Match, request: HttpRequest
) -> tuple[str, ...] | None:
    """The values of all identity sources in order; None if one is missing or empty.

    Raises:
        IdentitySourceError: for a source that nobody knows.
    """
    values = [_value(source, api, match, request) for source in config.identity_sources]
    if not all(values):
        return None
    return tuple(values)


def _value(source: str, api: Api, match: Match, request: HttpRequest) -> str:
    source_of_request = source.removeprefix(_PREFIXES[api.flavour])
    if source_of_request != source:
        place, _, name = source_of_request.partition(".")
        if place == "header":
            return _joined(request.header_values(name), api)
        if place == "querystring":
            return _joined(request.query_values(name), api)
    elif source.startswith(_of_gateway(api, "stageVariables.")):
        return api.stage_variables.get(source.rpartition(".")[2], "")
    elif source.startswith(_of_gateway(api, "context.")):
        name = source.partition(".")[2]
        context = _context(api, match, request)
        if name in context:
            return context[name]
    raise IdentitySourceError(source)


def _of_gateway(api: Api, prefix: str) -> str:
    return prefix if api.flavour is Flavour.REST else f"${prefix}"


def _joined(values: list[str], api: Api) -> str:
    """Of several values a REST API has the last, and an HTTP API all of them."""
    if api.flavour is Flavour.REST:
        return values[-1] if values else ""
    return ",".join(values)


def _context(api: Api, match: Match, request: HttpRequest) -> Mapping[str, str]:
    if api.flavour is Flavour.HTTP:
        return {"routeKey": match.route.key, "http.method": request.method}
    return {
        "httpMethod": request.method,
        "resourcePath": match.route.path,
        "path": request.path,
        "identity.sourceIp": request.source_ip,
    }
