"""cdk-nag's AWS Solutions checks on this app, and each finding that is meant to be there."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from infra.lambda_function import LambdaFunction
from infra.stack import SessionAuthorizerStack


def add_checks(app: cdk.App, stack: SessionAuthorizerStack) -> None:
    """Let synth fail for any finding but those acknowledged here, one construct at a time."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    _acknowledge_api(stack)
    if stack.feed is not None:
        reason = "It is a dead-letter queue: of a rule and a function, where nag does not look."
        _acknowledge(stack.feed.dead_letters, {"SQS3": reason})
    _acknowledge_roles(stack)
    if stack.sessions.live.shift_role is not None:
        managed = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        _acknowledge(
            stack.sessions.live.shift_role,
            {
                f"IAM4[{managed}AWSCodeDeployRoleForLambdaLimited]": (
                    "The policy that CodeDeploy documents for its role, and CDK always attaches."
                )
            },
        )
    if stack.new_pool is not None:
        _acknowledge(
            stack.new_pool,
            {
                "COG2": "MFA is optional, so that a first user can sign in with one command.",
                "COG8": "Essentials is enough for token revocation; Plus is priced per user.",
            },
        )


def _acknowledge_api(stack: SessionAuthorizerStack) -> None:
    rest_api = stack.example.rest_api
    _acknowledge(rest_api, {"APIG2": "The example takes no body and no parameter."})
    _acknowledge(
        rest_api.deployment_stage,
        {
            "APIG3": "A web ACL is priced by the month and is the operator's choice.",
            "APIG6": "Execution logs may hold request headers, and with them tokens.",
        },
    )
    for method in rest_api.methods:
        if method.http_method != "OPTIONS":
            reason = "A Cognito authorizer does not see revocation; RouteGuard checks for ours."
            _acknowledge(method, {"COG4": reason})
        if method.http_method == "POST":
            reason = "It takes tokens that end a session, also expired ones, or signed messages."
            _acknowledge(method, {"APIG4": reason})
    log_role = rest_api.node.try_find_child("CloudWatchRole")
    if log_role is not None:
        managed = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        _acknowledge(
            log_role,
            {
                f"IAM4[{managed}AmazonAPIGatewayPushToCloudWatchLogs]": (
                    "The one policy that API Gateway documents for an account's log role."
                )
            },
        )


def _acknowledge_roles(stack: SessionAuthorizerStack) -> None:
    for construct in stack.node.find_all():
        if not isinstance(construct, LambdaFunction):
            continue
        reasons = []
        if construct.is_in_vpc:
            reasons.append("EC2 knows no network interface before Lambda makes it; code is denied.")
        if construct.is_traced:
            reasons.append("X-Ray has no resource to write traces to.")
        if reasons:
            _acknowledge(construct.role, {"IAM5[Resource::*]": " ".join(reasons)})


def _acknowledge(construct: IConstruct, reasons_by_rule: Mapping[str, str]) -> None:
    for rule, reason in reasons_by_rule.items():
        cdk.Validations.of(construct).acknowledge(
            cdk.Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason)
        )
