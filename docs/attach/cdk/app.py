"""APIs of another CDK app, attached to the session authorizer by what its stack exports."""

from __future__ import annotations

import aws_cdk as cdk
from graphql_api import OrdersGraphqlApi
from http_api import OrdersHttpApi, OrdersSimpleHttpApi
from rest_api import OrdersRestApi
from websocket_api import OrdersWebSocketApi


def main() -> None:
    """One stack for each kind of API; keep the ones you need."""
    app = cdk.App()
    deployment = "CognitoSessionAuthorizer"
    OrdersRestApi(app, "OrdersRest", authorizer_stack=deployment)
    OrdersHttpApi(app, "OrdersHttp", authorizer_stack=deployment)
    OrdersGraphqlApi(app, "OrdersGraphql", authorizer_stack=deployment)
    # One function reads its token from one place and answers HTTP APIs in one form, so these two
    # are attached to deployments of their own: with tokenSource=query:token, and simple.
    OrdersWebSocketApi(app, "OrdersSockets", authorizer_stack=f"{deployment}Sockets")
    OrdersSimpleHttpApi(app, "OrdersSimple", authorizer_stack=f"{deployment}Simple")
    app.synth()


if __name__ == "__main__":
    main()
