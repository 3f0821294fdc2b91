"""An AppSync API with the authorizer as its only way in."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from attachment import Attachment
from aws_cdk import aws_appsync as appsync
from constructs import Construct

_SCHEMA = Path(__file__).resolve().parent / "schema.graphql"


class OrdersGraphqlApi(cdk.Stack):
    """No second authorization mode: a Cognito mode beside it would let revoked sessions in."""

    def __init__(self, scope: Construct, name: str, *, authorizer_stack: str) -> None:
        super().__init__(scope, name)
        sessions = Attachment(self, authorizer_stack)
        api = appsync.GraphqlApi(
            self,
            "Orders",
            name="orders",
            definition=appsync.Definition.from_file(str(_SCHEMA)),
            authorization_config=appsync.AuthorizationConfig(
                default_authorization=appsync.AuthorizationMode(
                    authorization_type=appsync.AuthorizationType.LAMBDA,
                    lambda_authorizer_config=appsync.LambdaAuthorizerConfig(
                        handler=sessions.function(),
                        # The authorizer's own ttlOverride wins, and never goes beyond this.
                        results_cache_ttl=sessions.ttl(),
                    ),
                )
            ),
        )
        api.add_none_data_source("Nothing").create_resolver(
            "Hello",
            type_name="Query",
            field_name="hello",
            request_mapping_template=appsync.MappingTemplate.from_string(
                '{"version": "2018-05-29", "payload": "hello"}'
            ),
            response_mapping_template=appsync.MappingTemplate.from_string(
                "$util.toJson($ctx.result)"
            ),
        )
