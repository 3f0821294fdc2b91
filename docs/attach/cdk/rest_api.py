"""A REST API whose methods all have the authorizer."""

from __future__ import annotations

import aws_cdk as cdk
from attachment import Attachment
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct


class OrdersRestApi(cdk.Stack):
    """``GET /orders``, and refusals with the status that clients expect."""

    def __init__(self, scope: Construct, name: str, *, authorizer_stack: str) -> None:
        super().__init__(scope, name)
        sessions = Attachment(self, authorizer_stack)
        authorizer = apigateway.RequestAuthorizer(
            self,
            "Session",
            handler=sessions.function(),
            # Both as exported: the gateway caches under the place from which the function reads.
            identity_sources=[sessions.rest_identity_source()],
            results_cache_ttl=sessions.ttl(),
        )
        api = apigateway.RestApi(
            self,
            "Orders",
            cloud_watch_role=False,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            # A method added next year has the authorizer too.
            default_method_options=apigateway.MethodOptions(
                authorization_type=apigateway.AuthorizationType.CUSTOM, authorizer=authorizer
            ),
        )
        api.root.add_resource("orders").add_method(
            "GET", apigateway.HttpIntegration("https://orders.example.com/orders")
        )
        _add_refusals(api)


def _add_refusals(api: apigateway.RestApi) -> None:
    """401, 403 and 503 by the book; without them an outage of Cognito's would be a 500."""
    kinds = apigateway.ResponseType
    challenge, retry = "WWW-Authenticate", {"Retry-After": "'1'"}
    for name, kind, status, message, headers in (
        (
            "Unauthorized",
            kinds.UNAUTHORIZED,
            "401",
            "Unauthorized",
            {challenge: "'Bearer error=\"invalid_token\"'"},
        ),
        (
            "AccessDenied",
            kinds.ACCESS_DENIED,
            "403",
            "Forbidden",
            {challenge: "'Bearer error=\"insufficient_scope\"'"},
        ),
        ("Failure", kinds.AUTHORIZER_FAILURE, "503", "Service Unavailable", retry),
        (
            "Configuration",
            kinds.AUTHORIZER_CONFIGURATION_ERROR,
            "503",
            "Service Unavailable",
            retry,
        ),
    ):
        api.add_gateway_response(
            name,
            type=kind,
            status_code=status,
            response_headers=headers,
            templates={"application/json": f'{{"message":"{message}"}}'},
        )
