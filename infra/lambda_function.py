"""A Lambda function that can write its own log and do nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.bundling import Bundle
from infra.function_options import FunctionOptions


class LambdaFunction(Construct):
    """Function, log group and role; the role's one policy names that log group.

    AWS's managed basic-execution policy is not used: it opens every log group of the account.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        description: str,
        bundle: Bundle,
        handler: str,
        environment: Mapping[str, str],
        timeout_seconds: int,
        options: FunctionOptions,
        files: Mapping[str, Path] | None = None,
    ) -> None:
        """
        Args:
            bundle: what the zip holds.
            handler: ``package.module.function`` within it.
            environment: variables; those with an empty text are left out.
            files: further files in the zip, by name.
        """
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self,
            "Log",
            retention=options.log_retention,
            removal_policy=options.removal_policy.policy,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            code=bundle.code(files=files),
            handler=handler,
            # The newest that CDK names and that every wheel in the lock files exists for.
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=options.memory_size_mb,
            timeout=cdk.Duration.seconds(timeout_seconds),
            environment={
                **{name: value for name, value in environment.items() if value},
                # glibc's resolver would otherwise wait 5 s, twice, before anyone's time-out.
                "RES_OPTIONS": "timeout:1 attempts:1",
            },
            role=self.role,
            log_group=self.log_group,
            # Concerns published versions only: what was live stays, so that it can be again.
            current_version_options=lambda_.VersionOptions(removal_policy=cdk.RemovalPolicy.RETAIN),
        )
        # CDK lets the function wait for the role and its policy; cfn-lint finds the role's half
        # superfluous, which it is, and which nobody can leave out.
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
