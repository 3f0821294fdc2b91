"""A WebSocket API, which is asked for a token once, at ``$connect``."""

from __future__ import annotations

import aws_cdk as cdk
from attachment import Attachment
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from constructs import Construct


class OrdersWebSocketApi(cdk.Stack):
    """Browsers can't set a header here, so the authorizer reads its token from the query."""

    def __init__(self, scope: Construct, name: str, *, authorizer_stack: str) -> None:
        super().__init__(scope, name)
        sessions = Attachment(self, authorizer_stack)
        mock = integrations.WebSocketMockIntegration("Mock")
        apigatewayv2.WebSocketApi(
            self,
            "Orders",
            connect_route_options=apigatewayv2.WebSocketRouteOptions(
                integration=mock,
                # No TTL: answers to $connect are never cached.
                authorizer=authorizers.WebSocketLambdaAuthorizer(
                    "Session",
                    sessions.function(),
                    identity_source=[sessions.websocket_identity_source()],
                ),
            ),
            default_route_options=apigatewayv2.WebSocketRouteOptions(integration=mock),
        )
