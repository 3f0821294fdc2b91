"""Refuses routes for which a cached simple response could be the answer to another request."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from infra.references import refers_to, targets

#: Part of the cache key of every authorizer whose simple responses are cached.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
ROUTE_KEY = "$context.routeKey"


def problems(root: IConstruct, alias: lambda_.IAlias) -> list[str]:
    """A sentence for each route that stands for several requests and shares one cached answer.

    The cache key holds the route as the API writes it, so ``/orders/{id}``, ``ANY`` and
    ``$default`` each have one answer for everything they match. A policy has none of that.
    """
    return [
        f"{route.node.path}: {route.route_key} stands for several requests, and a cached simple"
        " response to one would answer them all; use TTL 0, or IAM responses"
        for route in root.node.find_all()
        if isinstance(route, apigatewayv2.CfnRoute)
        and _is_wide(route.route_key)
        and _is_cached_and_simple(route, f"{alias.node.path}/Resource")
    ]


def _is_wide(route_key: str) -> bool:
    return "{" in route_key or route_key.startswith(("ANY ", "$default"))


def _is_cached_and_simple(route: apigatewayv2.CfnRoute, alias_path: str) -> bool:
    return any(
        isinstance(authorizer, apigatewayv2.CfnAuthorizer)
        and authorizer.enable_simple_responses is True
        and authorizer.authorizer_result_ttl_in_seconds != 0
        and refers_to(authorizer.authorizer_uri, alias_path)
        for authorizer in targets(route.authorizer_id)
    )
