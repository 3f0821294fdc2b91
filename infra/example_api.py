"""A REST API that answers by itself, so that a first deployment has something to call."""

from __future__ import annotations

import json
from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from authorizer.choices import DisplacedAnswer
from infra.function_options import FunctionOptions
from infra.gateway_responses import GatewayResponses, cors_headers, static_headers
from infra.session_authorizer import SessionAuthorizer

STAGE = "v1"

#: Chosen field by field: none holds a header, a query or anything the authorizer returned as
#: context, for a token may be in the first two.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "gatewayResponse": "$context.error.responseType",
    "latencyMs": "$context.responseLatency",
    # The authorizer's own answer, whose error is one of two fixed words, and the names by which
    # its line and its trace are found.
    "authorizerError": "$context.authorizer.error",
    "authorizerStatus": "$context.authorizer.status",
    "authorizerLatencyMs": "$context.authorizer.latency",
    "authorizerRequestId": "$context.authorizer.requestId",
    "traceId": "$context.xrayTraceId",
}

#: What the authorizer says of the caller, repeated by the backend; the name may hold quotes.
_BODY = (
    '{"message":"%s","username":"$util.escapeJavaScript($context.authorizer.username)",'
    '"session":"$context.authorizer.session"}'
)


class ExampleApi(Construct):
    """``GET /hello`` for any living session, ``GET /admin`` with the strict authorizer.

    Who may call which is in the authorizer's route rules.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        sessions: SessionAuthorizer,
        ttl_seconds: int,
        strict_ttl_seconds: int,
        cors_allow_origin: str,
        has_log_role: bool,
        functions: FunctionOptions,
        throttles: Mapping[str, apigateway.MethodDeploymentOptions],
    ) -> None:
        """
        Args:
            ttl_seconds: how long the gateway repeats an answer for ``/hello``.
            strict_ttl_seconds: the same for ``/admin``.
            cors_allow_origin: the origin whose scripts may call, or ``*``.
            has_log_role: whether to set the account's role for API Gateway's logs, without
                which no stage may write any.
            functions: retention, removal and key of the access log.
            throttles: how often routes may be called that will be added, by path and method.
        """
        super().__init__(scope, id)
        allows_credentials = sessions.options.token_source.startswith("cookie")
        self._cors = cors_headers(cors_allow_origin, allows_credentials=allows_credentials)
        key = None
        if functions.kms_key_arn:
            key = kms.Key.from_key_arn(self, "Key", functions.kms_key_arn)
        self.access_log = logs.LogGroup(
            self,
            "AccessLog",
            encryption_key=key,
            retention=functions.log_retention,
            removal_policy=functions.removal_policy.policy,
        )
        self.rest_api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=cdk.Stack.of(self).stack_name,
            description="Example of an API that refuses revoked Cognito sessions",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=has_log_role,
            default_cors_preflight_options=apigateway.CorsOptions(
                allow_origins=[cors_allow_origin],
                allow_methods=["GET", "OPTIONS"],
                allow_headers=["Authorization"],
                allow_credentials=allows_credentials,
            ),
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                method_options=throttles or None,
                tracing_enabled=functions.tracing or None,
                access_log_destination=apigateway.LogGroupLogDestination(self.access_log),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG_FIELDS)),
            ),
        )
        # CDK names this output after a hash; the stack has one with a stable name.
        self.rest_api.node.try_remove_child("Endpoint")
        GatewayResponses(
            self,
            "Responses",
            rest_api=self.rest_api,
            cors_allow_origin=cors_allow_origin,
            allows_credentials=allows_credentials,
            explains_displacement=sessions.options.displaced_answer is DisplacedAnswer.EXPLAIN,
        )
        normal = sessions.rest_authorizer(self, "Normal", ttl_seconds=ttl_seconds)
        strict = sessions.rest_authorizer(self, "Strict", ttl_seconds=strict_ttl_seconds)
        self._add("hello", normal)
        self._add("admin", strict)

    def _add(self, name: str, authorizer: apigateway.IAuthorizer) -> None:
        headers = {
            f"method.response.header.{header}": value
            for header, value in static_headers(self._cors).items()
        }
        self.rest_api.root.add_resource(name).add_method(
            "GET",
            apigateway.MockIntegration(
                request_templates={"application/json": '{"statusCode":200}'},
                integration_responses=[
                    apigateway.IntegrationResponse(
                        status_code="200",
                        response_parameters=headers,
                        response_templates={"application/json": _BODY % name},
                    )
                ],
            ),
            authorizer=authorizer,
            method_responses=[
                apigateway.MethodResponse(
                    status_code="200", response_parameters=dict.fromkeys(headers, True)
                )
            ],
        )
