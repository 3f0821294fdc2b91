"""The receivers of pushed logouts as a construct: a function and a route for each kind."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling import RECEIVERS
from infra.deployment_name import deployment_name
from infra.function_options import FunctionOptions
from infra.lambda_function import LambdaFunction
from infra.receiver_options import ReceiverOptions
from infra.secret_parameters import allow_reading_parameters
from infra.session_ledger import SessionLedger
from receivers.transmitters import Kind

#: Below the API's root.
PATHS = {
    Kind.BACKCHANNEL_LOGOUT: "backchannel-logout",
    Kind.SECURITY_EVENTS: "security-events",
    Kind.GLOBAL_REVOCATION: "global-token-revocation",
}

#: Anybody can reach these routes; providers send a message for each sign-out.
THROTTLE = apigateway.MethodDeploymentOptions(throttling_rate_limit=50, throttling_burst_limit=100)

#: Above a receiver's own budget, with room for a cold start.
_TIMEOUT_SECONDS = 12


class LogoutReceivers(Construct):
    """Turns signed messages of providers into marks, each kind by a function of its own."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        rest_api: apigateway.RestApi,
        stage_name: str,
        user_pool: cognito.IUserPool,
        ledger: SessionLedger,
        options: ReceiverOptions,
        functions: FunctionOptions | None = None,
    ) -> None:
        """
        Args:
            rest_api: what the routes are added to, without an authorizer: messages are signed.
            stage_name: of that API, for the address that revocations are sent to.
            user_pool: where users are signed out that a transmitter maps to Cognito.
            ledger: where sessions are marked.
            options: who may push what.
            functions: size and logs of the functions.

        Raises:
            environment.SettingsError: when a function could not start with these options.
        """
        super().__init__(scope, id)
        self.routes = tuple(f"POST /{PATHS[kind]}" for kind in options.kinds)
        self.functions: dict[Kind, lambda_.Function] = {}
        functions = functions or FunctionOptions()
        self.deployment_name = deployment_name(self, functions.deployment_name)
        stack = cdk.Stack.of(rest_api)
        # Not the stage's own address: the stage waits for the routes, and they for the functions.
        root = f"{rest_api.rest_api_id}.execute-api.{stack.region}.{stack.url_suffix}/{stage_name}"
        for kind in options.kinds:
            settings = options.check(kind)
            built = LambdaFunction(
                self,
                PATHS[kind].title().replace("-", ""),
                description=f"Takes pushed logouts: {PATHS[kind]}",
                bundle=RECEIVERS,
                handler=f"receivers.handlers.{kind.value}.handler",
                environment=options.environment(
                    kind,
                    user_pool_id=user_pool.user_pool_id,
                    ledger_table=ledger.table_name,
                    endpoint_url=options.global_revocation_url or f"https://{root}/{PATHS[kind]}",
                ),
                timeout_seconds=_TIMEOUT_SECONDS,
                options=functions,
            )
            self.functions[kind] = built.function
            ledger.allow_writing(built.role)
            if any(transmitter.cognito is not None for transmitter in settings.transmitters):
                built.role.add_to_policy(
                    iam.PolicyStatement(
                        actions=["cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"],
                        resources=[user_pool.user_pool_arn],
                    )
                )
            allow_reading_parameters(
                built.role,
                [transmitter.authorization_parameter for transmitter in settings.transmitters],
            )
            rest_api.root.add_resource(PATHS[kind]).add_method(
                "POST",
                apigateway.LambdaIntegration(built.function),
                authorization_type=apigateway.AuthorizationType.NONE,
            )
