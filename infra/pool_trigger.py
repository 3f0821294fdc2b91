"""The hook as trigger of an existing pool, by custom resources of this project's own.

CloudFormation has no resource for a trigger of a pool that it did not make, and ``UpdateUserPool``
resets whatever it is not given: :mod:`pool_trigger` reads the pool, merges and writes.
``docs/decisions/0008-a-trigger-on-an-existing-pool.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling import NATIVE_SESSIONS
from infra.function_options import FunctionOptions
from infra.lambda_function import LambdaFunction
from infra.single_session_hook import SingleSessionHook
from pool_trigger.resources import FOUND, TRIGGER
from pool_trigger.trigger import TriggerRule

#: Requests and answers are the same as there, and so are the SDK and what is pruned from it.
POOL_TRIGGER = replace(
    NATIVE_SESSIONS,
    packages=("pool_trigger", "custom_resource"),
    requirements="pool_trigger/requirements.txt",
)

#: Three times reading, writing and a pause, three times reading back and a pause, and the answer,
#: each call of three attempts at 7 s: at worst 230 s.
_TIMEOUT_SECONDS = 240

#: Three runs of the function, with the minutes that Lambda lets pass between them.
_PATIENCE = cdk.Duration.minutes(20)


class ExistingTriggerRule(StrEnum):
    """How the hook comes to an existing pool."""

    REFUSE = "refuse"
    """Attached at deployment, which fails where another function holds the trigger. The default."""
    REPLACE = "replace"
    """Attached at deployment, in the place of whichever function holds the trigger."""
    BY_HAND = "by_hand"
    """Not attached: the pool's own template does it, or the function that holds the trigger calls
    the hook."""

    @property
    def trigger_rule(self) -> TriggerRule | None:
        """What :class:`PoolTrigger` is told; None if there is to be none."""
        return None if self is ExistingTriggerRule.BY_HAND else TriggerRule(self.value)


class PoolTrigger(Construct):
    """Makes the hook an imported pool's Pre Token Generation trigger, and changes nothing else.

    The hook is attached when all that it needs is there, and what was there before is put back
    before any of that is deleted. Deployment fails, and the pool stays as it is, where another
    function holds the trigger, unless it is to be replaced.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        user_pool: cognito.IUserPool,
        hook: SingleSessionHook,
        rule: TriggerRule = TriggerRule.REFUSE,
        sms_role_arns: Sequence[str] = (),
        key_arns: Sequence[str] = (),
        functions: FunctionOptions | None = None,
    ) -> None:
        """
        Args:
            user_pool: imported; a pool of this app takes its trigger from the hook itself.
            hook: made for the same pool.
            rule: what becomes of another function that holds the trigger.
            sms_role_arns: the role that the pool sends text messages with, if it has one. Whoever
                writes the pool must be allowed to pass it, and which role it is the pool alone
                knows.
            key_arns: the key that the pool's custom senders need, if it has any. Whoever writes
                the pool must be allowed to grant its use.
            functions: size and logs of the function.

        Raises:
            TypeError: for a pool of this app.
        """
        super().__init__(scope, id)
        if isinstance(user_pool, cognito.UserPool):
            raise TypeError("CloudFormation itself attaches triggers to a pool that it makes")
        built = LambdaFunction(
            self,
            "Attachment",
            description="Attaches the hook to the user pool, and puts back what was there",
            bundle=POOL_TRIGGER,
            handler="pool_trigger.handler.handler",
            environment={},
            timeout_seconds=_TIMEOUT_SECONDS,
            options=functions or FunctionOptions(),
        )
        self.function: lambda_.Function = built.function
        self.log_group = built.log_group
        permission = iam.Policy(
            self,
            "Attach",
            roles=[built.role],
            statements=_statements(user_pool, sms_role_arns, key_arns),
        )
        both = {
            "UserPoolId": user_pool.user_pool_id,
            "HookArn": hook.function.function_arn,
        }
        found = self._resource("Found", FOUND, both)
        found.node.add_dependency(permission)
        trigger = self._resource(
            "Trigger",
            TRIGGER,
            {**both, "Rule": rule.value, "FoundHolder": found.get_att_string("Holder")},
        )
        # Also the other way round: the permission goes only after what was found is put back.
        trigger.node.add_dependency(permission)
        # A trigger that Cognito may not call, or that may not sign out, refuses every sign-in.
        trigger.node.add_dependency(hook)
        # The hook's function is named twice by that; cfn-lint finds one of them superfluous.
        resource = trigger.node.default_child
        assert isinstance(resource, cdk.CfnResource)
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})

    def _resource(
        self, name: str, resource_type: str, properties: dict[str, str]
    ) -> cdk.CustomResource:
        return cdk.CustomResource(
            self,
            name,
            service_token=self.function.function_arn,
            service_timeout=_PATIENCE,
            resource_type=resource_type,
            properties=properties,
        )


def _statements(
    user_pool: cognito.IUserPool, sms_role_arns: Sequence[str], key_arns: Sequence[str]
) -> list[iam.PolicyStatement]:
    statements = [
        iam.PolicyStatement(
            actions=["cognito-idp:DescribeUserPool", "cognito-idp:UpdateUserPool"],
            resources=[user_pool.user_pool_arn],
        )
    ]
    if sms_role_arns:
        statements.append(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=list(sms_role_arns),
                conditions={
                    "StringEquals": {"iam:PassedToService": "cognito-idp.amazonaws.com"},
                },
            )
        )
    if key_arns:
        statements.append(
            iam.PolicyStatement(actions=["kms:CreateGrant"], resources=list(key_arns))
        )
    return statements
