"""Cognito's own session management as a construct, by custom resources of this project's own.

Neither CloudFormation nor CDK knows a resource for it, and Lambda's own SDK may not know the
operations, so the function brings one. CDK's ``Provider`` framework is not used: for two calls
that take a second it would bring a second function, in another language, whose role may invoke
every version of the first. What it would spare is one answer put at one address
(:mod:`custom_resource.answer`).
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling import NATIVE_SESSIONS
from infra.function_options import FunctionOptions
from infra.lambda_function import LambdaFunction
from native_sessions.resources import FOUND
from native_sessions.resources import NATIVE_SESSIONS as SET_UP

#: Five tries of three attempts at Cognito, their pauses, and the answer: at worst 160 s.
_TIMEOUT_SECONDS = 180

#: Three runs of the function, with the minutes that Lambda lets pass between them. Without this
#: CloudFormation would wait for an hour.
_PATIENCE = cdk.Duration.minutes(15)


class NativeSessions(Construct):
    """Lets Cognito track a pool's sessions and end the least recently used one too many.

    The pool must be in the tier Essentials or Plus; on Lite the deployment fails and says so. When
    this is deleted the pool's configuration is set to what it was before.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        user_pool: cognito.IUserPool,
        session_limit: int,
        functions: FunctionOptions | None = None,
    ) -> None:
        """
        Args:
            user_pool: of this stack, or imported into it.
            session_limit: how many sessions a user may have; 1 to 100.
            functions: size and logs of the function.
        """
        super().__init__(scope, id)
        built = LambdaFunction(
            self,
            "Configuration",
            description="Sets up Cognito's session management, and puts back what was there",
            bundle=NATIVE_SESSIONS,
            handler="native_sessions.handler.handler",
            environment={},
            timeout_seconds=_TIMEOUT_SECONDS,
            options=functions or FunctionOptions(),
        )
        self.function: lambda_.Function = built.function
        self.log_group = built.log_group
        permission = iam.Policy(
            self,
            "Configure",
            roles=[built.role],
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "cognito-idp:GetUserPoolSessionConfiguration",
                        "cognito-idp:SetUserPoolSessionConfiguration",
                    ],
                    resources=[user_pool.user_pool_arn],
                )
            ],
        )
        # The operations are newer than cfn-lint's list of actions.
        resource = permission.node.default_child
        assert isinstance(resource, iam.CfnPolicy)
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3037"]}})
        found = self._resource("Found", FOUND, {"UserPoolId": user_pool.user_pool_id})
        found.node.add_dependency(permission)
        set_up = self._resource(
            "SetUp",
            SET_UP,
            {
                "UserPoolId": user_pool.user_pool_id,
                "MaxPerUser": session_limit,
                "FoundTracking": found.get_att_string("UserSessionTracking"),
                "FoundMaxPerUser": found.get_att_string("MaxPerUser"),
            },
        )
        # Also the other way round: the permission goes only after what was found is put back.
        set_up.node.add_dependency(permission)

    def _resource(
        self, name: str, resource_type: str, properties: dict[str, object]
    ) -> cdk.CustomResource:
        return cdk.CustomResource(
            self,
            name,
            service_token=self.function.function_arn,
            service_timeout=_PATIENCE,
            resource_type=resource_type,
            properties=properties,
        )
