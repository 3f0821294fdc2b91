"""The sign-out endpoint as a construct: a function, and its route on a REST API."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling import SIGN_OUT
from infra.function_options import FunctionOptions
from infra.lambda_function import LambdaFunction
from infra.late_text import known_names
from infra.secret_parameters import allow_reading_parameters
from infra.session_ledger import SessionLedger
from infra.sign_out_options import SignOutOptions

#: As it stands in an API, and in :class:`infra.route_guard.RouteGuard`'s list of open routes.
ROUTE = "POST /sign-out"

#: Above the endpoint's own budget, with room for a cold start.
_TIMEOUT_SECONDS = 12

#: Cognito revokes 120 tokens a second for a whole account: nobody may spend more than a share.
THROTTLE = apigateway.MethodDeploymentOptions(throttling_rate_limit=20, throttling_burst_limit=40)


class SignOutEndpoint(Construct):
    """Ends the caller's session in the ledger and at its issuer.

    The route has no authorizer: whose session it is stands in the tokens that it takes.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        user_pool: cognito.IUserPool,
        client_ids: Sequence[str],
        ledger: SessionLedger,
        options: SignOutOptions | None = None,
        oidc_issuers: str = "[]",
        functions: FunctionOptions | None = None,
    ) -> None:
        """
        Args:
            user_pool: whose sessions end.
            client_ids: app clients whose tokens are taken.
            ledger: where sessions are marked.
            options: everything else the function is told.
            oidc_issuers: OpenID providers whose sessions end here too, as the authorizer's.
            functions: size and logs of the function.

        Raises:
            environment.SettingsError: when the function could not start with these options.
        """
        super().__init__(scope, id)
        options = options or SignOutOptions()
        settings = options.check(client_ids=known_names(client_ids), oidc_issuers=oidc_issuers)
        built = LambdaFunction(
            self,
            "SignOut",
            description="Ends the caller's session",
            bundle=SIGN_OUT,
            handler="sign_out.handler.handler",
            environment=options.environment(
                user_pool_id=user_pool.user_pool_id,
                client_ids=client_ids,
                ledger_table=ledger.table_name,
                oidc_issuers=oidc_issuers,
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            options=functions or FunctionOptions(),
        )
        self.function: lambda_.Function = built.function
        self.log_group = built.log_group
        self.deployment_name = built.deployment_name
        self._origins = list(options.allowed_origins)
        ledger.allow_writing(built.role)
        if options.confidential_client_ids:
            built.role.add_to_policy(
                iam.PolicyStatement(
                    actions=["cognito-idp:DescribeUserPoolClient"],
                    resources=[user_pool.user_pool_arn],
                )
            )
        allow_reading_parameters(
            built.role, [provider.client_secret_parameter for provider in settings.providers]
        )

    def add_to(self, rest_api: apigateway.RestApi) -> apigateway.Method:
        """Add the route, and the preflight answer for the apps' own pages."""
        resource = rest_api.root.add_resource(
            "sign-out",
            default_cors_preflight_options=apigateway.CorsOptions(
                allow_origins=self._origins or ["*"],
                allow_methods=["POST", "OPTIONS"],
                allow_headers=["Authorization", "Content-Type"],
                allow_credentials=bool(self._origins),
            ),
        )
        return resource.add_method(
            "POST",
            apigateway.LambdaIntegration(self.function),
            authorization_type=apigateway.AuthorizationType.NONE,
        )
