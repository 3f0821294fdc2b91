"""The single-session hook as a construct: function, trigger, and the one grant it needs."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IValidation

from infra.bundling import PRE_TOKEN_HOOK
from infra.function_options import FunctionOptions
from infra.hook_options import HookOptions
from infra.lambda_function import LambdaFunction
from infra.refresh_rotation import rotation_problem
from infra.session_ledger import SessionLedger

#: Below the five seconds that Cognito waits for a trigger: a try that it has given up on, and
#: repeats, must not sign out late and end the session that the second try let in.
_TIMEOUT_SECONDS = 4

WARNING_PREFIX = "single-session-hook"

#: What is left to do where the hook is not to be attached at deployment.
ATTACH_BY_HAND = (
    "this hook does nothing until it is the existing user pool's Pre Token Generation trigger:"
    " in the Cognito console, under Authentication, Extensions, add a Lambda trigger of that kind"
    " with this function. Do not use a bare UpdateUserPool, which resets what it is not given"
)


class SingleSessionHook(Construct):
    """Signs a user out everywhere at each sign-in, so that only the newest session lives.

    To a pool of this app it is attached as Pre Token Generation trigger. To an imported pool
    it is attached by :class:`infra.pool_trigger.PoolTrigger`, for CloudFormation has no resource
    for a trigger of a pool it does not own.

    Synth fails for an app client of the pool with refresh token rotation, unless
    :meth:`exempt_client` was told of it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        user_pool: cognito.IUserPool,
        options: HookOptions | None = None,
        ledger: SessionLedger | None = None,
        functions: FunctionOptions | None = None,
    ) -> None:
        """
        Args:
            user_pool: of this app, or imported into it.
            options: what the function is told.
            ledger: told of each sign-in, so that the authorizer knows of it sooner.
            functions: size and logs of the function.

        Raises:
            environment.SettingsError: when the function could not start with these options.
        """
        super().__init__(scope, id)
        self.options = options or HookOptions()
        self.options.check(has_ledger=ledger is not None)
        self.exempt_client_paths: set[str] = set()
        built = LambdaFunction(
            self,
            "Hook",
            description="Ends a user's older Cognito sessions at each sign-in",
            bundle=PRE_TOKEN_HOOK,
            handler="pre_token_hook.handler.handler",
            environment=self.options.environment(
                ledger_table="" if ledger is None else ledger.table_name
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            options=functions or FunctionOptions(),
        )
        self.function: lambda_.Function = built.function
        self.role = built.role
        self.log_group = built.log_group
        self.deployment_name = built.deployment_name
        if ledger is not None:
            ledger.allow_writing(built.role)
        self._attach(user_pool)
        # A policy of its own, and not the role's: the function waits for its role's, which would
        # wait for the pool, which waits for the function.
        iam.Policy(
            self,
            "SignOut",
            roles=[built.role],
            statements=[
                iam.PolicyStatement(
                    actions=["cognito-idp:AdminUserGlobalSignOut"],
                    resources=[user_pool.user_pool_arn],
                )
            ],
        )
        self.node.add_validation(_NoRotation(self, user_pool))
        for sentence in self.options.warnings():
            cdk.Annotations.of(self).add_warning_v2(f"{WARNING_PREFIX}:failure-rule", sentence)

    def exempt_client(self, client: cognito.UserPoolClient, *, client_id: str) -> None:
        """Let ``client`` have refresh token rotation, because the hook leaves it alone.

        The function cannot refer to the client, which refers to the pool, which refers to the
        function: deploy the client first, then name the id that Cognito gave it.

        Args:
            client_id: in digits and letters; must be in ``options.exempt_client_ids``.

        Raises:
            ValueError: when the hook is not told to exempt ``client_id``.
        """
        if client_id not in self.options.exempt_client_ids:
            raise ValueError(f"{client_id} is not in exempt_client_ids")
        self.exempt_client_paths.add(f"{client.node.path}/Resource")

    def _attach(self, user_pool: cognito.IUserPool) -> None:
        if isinstance(user_pool, cognito.UserPool):
            # V1_0 suffices for a side effect, works in every tier, and leaves machine tokens out.
            user_pool.add_trigger(cognito.UserPoolOperation.PRE_TOKEN_GENERATION, self.function)
            return
        self.function.add_permission(
            "UserPool",
            principal=iam.ServicePrincipal("cognito-idp.amazonaws.com"),
            source_arn=user_pool.user_pool_arn,
            source_account=cdk.Stack.of(self).account,
        )


@jsii.implements(IValidation)
class _NoRotation:
    def __init__(self, hook: SingleSessionHook, user_pool: cognito.IUserPool) -> None:
        self._hook = hook
        self._user_pool = user_pool

    def validate(self) -> list[str]:
        return [
            rotation_problem(client.node.path)
            for client in self._hook.node.root.node.find_all()
            if isinstance(client, cognito.CfnUserPoolClient)
            and client.node.path not in self._hook.exempt_client_paths
            and client.user_pool_id == self._user_pool.user_pool_id
            and _rotates(client)
        ]


def _rotates(client: cognito.CfnUserPoolClient) -> bool:
    rotation = cdk.Stack.of(client).resolve(client.refresh_token_rotation)
    return rotation is not None and rotation.get("feature") != "DISABLED"
