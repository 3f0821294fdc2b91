"""HTTP APIs, in both forms in which the authorizer answers them."""

from __future__ import annotations

import aws_cdk as cdk
from attachment import Attachment
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from constructs import Construct


class OrdersHttpApi(cdk.Stack):
    """Answered with IAM policies: one cached answer is right for every route."""

    def __init__(self, scope: Construct, name: str, *, authorizer_stack: str) -> None:
        super().__init__(scope, name)
        sessions = Attachment(self, authorizer_stack)
        authorizer = authorizers.HttpLambdaAuthorizer(
            "Session",
            sessions.function(),
            response_types=[authorizers.HttpLambdaResponseType.IAM],
            identity_source=[sessions.http_identity_source()],
            results_cache_ttl=sessions.ttl(),
        )
        api = _add_orders(self, authorizer, path="/orders/{id}")
        # CDK asks for payload 1.0 with IAM answers; the authorizer reads both, and 2.0 is current.
        resource = api.node.find_child("Session").node.default_child
        assert isinstance(resource, apigatewayv2.CfnAuthorizer)
        resource.authorizer_payload_format_version = "2.0"


class OrdersSimpleHttpApi(cdk.Stack):
    """Answered with yes or no, by a deployment whose ``http-api-response`` is ``simple``."""

    def __init__(self, scope: Construct, name: str, *, authorizer_stack: str) -> None:
        super().__init__(scope, name)
        sessions = Attachment(self, authorizer_stack)
        authorizer = authorizers.HttpLambdaAuthorizer(
            "Session",
            sessions.function(),
            response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
            # A yes is for the route that was called. Without the route in the key, a cached yes
            # for /orders would open every other route as well.
            identity_source=[sessions.http_identity_source(), "$context.routeKey"],
            results_cache_ttl=sessions.ttl(),
        )
        # And no {id} here: all ids would share one cached answer.
        _add_orders(self, authorizer, path="/orders")


def _add_orders(
    stack: cdk.Stack, authorizer: authorizers.HttpLambdaAuthorizer, *, path: str
) -> apigatewayv2.HttpApi:
    api = apigatewayv2.HttpApi(stack, "Orders", default_authorizer=authorizer)
    api.add_routes(
        path=path,
        methods=[apigatewayv2.HttpMethod.GET],
        integration=integrations.HttpUrlIntegration("Backend", "https://orders.example.com"),
    )
    return api
