"""The example API as the product deploys it: routes, authorizer and gateway responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from local.gateway.config import (
    Api,
    AuthorizerConfig,
    Flavour,
    GatewayResponse,
    Invoke,
    Refusal,
    Route,
)

REGION = "eu-west-1"

SCOPE_OF_ADMIN = "orders/admin"
ROUTE_RULES = {"rules": {"* /admin*": {"any_scope": [SCOPE_OF_ADMIN]}}}

_TOKEN_SOURCE = {
    Flavour.REST: "method.request.header.Authorization",
    Flavour.HTTP: "$request.header.Authorization",
}

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "WWW-Authenticate,Retry-After",
}
_UNAVAILABLE = GatewayResponse(
    503, _CORS | {"Retry-After": "1"}, '{"message":"Service Unavailable"}'
)

#: A gateway response's headers are static: all the reasons of a 401 have to share one sentence.
_CHALLENGE = (
    'Bearer error="invalid_token", error_description="The token is missing, invalid, expired or'
    ' revoked, or the user has signed in elsewhere"'
)

#: RFC 6750, section 3, and RFC 9110, section 10.2.3; the same as ``infra`` deploys.
GATEWAY_RESPONSES: Mapping[Refusal, GatewayResponse] = {
    Refusal.UNAUTHORIZED: GatewayResponse(
        401,
        _CORS | {"WWW-Authenticate": _CHALLENGE},
        '{"message":"Unauthorized"}',
    ),
    Refusal.ACCESS_DENIED: GatewayResponse(
        403,
        _CORS | {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
        '{"message":"Forbidden"}',
    ),
    Refusal.AUTHORIZER_FAILURE: _UNAVAILABLE,
    Refusal.AUTHORIZER_CONFIGURATION_ERROR: _UNAVAILABLE,
    Refusal.MISSING_AUTHENTICATION_TOKEN: GatewayResponse(403, _CORS),
}

#: With ``DISPLACED_ANSWER=explain`` a 403 says why to a device that another one displaced; for any
#: other refusal the reason is empty.
EXPLAINING_GATEWAY_RESPONSES: Mapping[Refusal, GatewayResponse] = {
    **GATEWAY_RESPONSES,
    Refusal.ACCESS_DENIED: replace(
        GATEWAY_RESPONSES[Refusal.ACCESS_DENIED],
        body='{"message":"Forbidden","reason":"$context.authorizer.reason"}',
    ),
}


def example_api(
    invoke: Invoke,
    *,
    flavour: Flavour = Flavour.REST,
    has_simple_responses: bool = False,
    ttl_seconds: int = 0,
    gateway_responses: Mapping[Refusal, GatewayResponse] = GATEWAY_RESPONSES,
    further_routes: tuple[Route, ...] = (),
) -> Api:
    """``/hello`` and ``/admin``, any method, behind one authorizer, and what else there is.

    Args:
        invoke: the authorizer's function.
        flavour: REST or HTTP API.
        has_simple_responses: of an HTTP API, whose authorizer must be told the same.
        ttl_seconds: of the gateway's result cache.
        gateway_responses: of a REST API.
        further_routes: beside those two, with whatever is behind them.
    """
    sources = [_TOKEN_SOURCE[flavour]]
    if has_simple_responses and ttl_seconds > 0:
        # A simple response speaks for one route only.
        sources.append("$context.routeKey")
    authorizer = AuthorizerConfig(
        name="sessions",
        invoke=invoke,
        identity_sources=tuple(sources),
        ttl_seconds=ttl_seconds,
        has_simple_responses=has_simple_responses,
    )
    return Api(
        flavour=flavour,
        routes=(
            Route("ANY", "/hello", authorizer),
            Route("ANY", "/admin", authorizer),
            *further_routes,
        ),
        gateway_responses=gateway_responses,
        region=REGION,
    )
