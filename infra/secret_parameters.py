"""The right to read secrets of OpenID providers' clients, by the names of their parameters."""

from __future__ import annotations

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_iam as iam


def allow_reading_parameters(role: iam.Role, names: Iterable[str]) -> None:
    """Let the role read these SecureString parameters, and no others.

    A parameter under a key of your own needs ``kms:Decrypt`` on that key as well, which is yours to
    grant; AWS's key for Systems Manager needs nothing more.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
    """
    stack = cdk.Stack.of(role)
    arns = [
        stack.format_arn(service="ssm", resource="parameter", resource_name=name.removeprefix("/"))
        for name in sorted({name for name in names if name})
    ]
    if arns:
        role.add_to_policy(iam.PolicyStatement(actions=["ssm:GetParameter"], resources=arns))
