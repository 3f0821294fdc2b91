"""A Lambda function that can write its own log and do nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.bundling import Bundle
from infra.deployment_name import VARIABLE, deployment_name
from infra.function_options import FunctionOptions

#: What Lambda asks for to reach a VPC; none of it can be narrowed to some resource beforehand.
NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


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
        reserved_concurrency: int = 0,
        snap_start: bool = False,
    ) -> None:
        """
        Args:
            bundle: what the zip holds.
            handler: ``package.module.function`` within it.
            environment: variables; those with an empty text are left out.
            files: further files in the zip, by name.
            reserved_concurrency: sandboxes kept for it, which it can't exceed; 0 for no such bound.
            snap_start: whether published versions start from a snapshot.
        """
        super().__init__(scope, id)
        key = None
        if options.kms_key_arn:
            key = kms.Key.from_key_arn(self, "Key", options.kms_key_arn)
        self.log_group = logs.LogGroup(
            self,
            "Log",
            encryption_key=key,
            retention=options.log_retention,
            removal_policy=options.removal_policy.policy,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        self.deployment_name = deployment_name(self, options.deployment_name)
        self.is_traced = options.tracing
        self.is_in_vpc = bool(options.subnet_ids)
        if self.is_in_vpc:
            self._allow_network()
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            code=bundle.code(options.target, files=files),
            handler=handler,
            runtime=options.lambda_runtime,
            architecture=options.lambda_architecture,
            memory_size=options.memory_size_mb,
            timeout=cdk.Duration.seconds(timeout_seconds),
            environment={
                **{name: value for name, value in environment.items() if value},
                VARIABLE: self.deployment_name,
                # glibc's resolver would otherwise wait 5 s, twice, before anyone's time-out.
                "RES_OPTIONS": "timeout:1 attempts:1",
            },
            environment_encryption=key,
            reserved_concurrent_executions=reserved_concurrency or None,
            # CDK lets the role write traces, which no resource can be named for.
            tracing=lambda_.Tracing.ACTIVE if options.tracing else None,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
            role=self.role,
            log_group=self.log_group,
            # Concerns published versions only: what was live stays, so that it can be again.
            current_version_options=lambda_.VersionOptions(removal_policy=cdk.RemovalPolicy.RETAIN),
        )
        # CDK lets the function wait for the role and its policy; cfn-lint finds the role's half
        # superfluous, which it is, and which nobody can leave out.
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        if self.is_in_vpc:
            # Not CDK's VpcConfig, which wants to know the whole network and its zones.
            resource.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
                subnet_ids=list(options.subnet_ids),
                security_group_ids=list(options.security_group_ids),
            )
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})

    def _allow_network(self) -> None:
        """Lambda makes network interfaces in the role's name; the code in the function may not.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
        """
        for effect, conditions in (
            (iam.Effect.ALLOW, None),
            # Present in the calls that a function's code makes, and absent from Lambda's own.
            (iam.Effect.DENY, {"Null": {"lambda:SourceFunctionArn": "false"}}),
        ):
            self.role.add_to_policy(
                iam.PolicyStatement(
                    effect=effect,
                    actions=list(NETWORK_ACTIONS),
                    resources=["*"],
                    conditions=conditions,
                )
            )
