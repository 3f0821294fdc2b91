"""cdk-nag's findings: none is left, and each acknowledgement is for one thing only."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from infra.checks import add_checks

from .conftest import MakeStack, refusal


def app_of(stack: cdk.Stack) -> cdk.App:
    app = stack.node.root
    assert isinstance(app, cdk.App)
    return app


def test_nothing_is_left_to_find(make_stack: MakeStack) -> None:
    """The AWS Solutions checks pass."""
    stack = make_stack()
    add_checks(app_of(stack), stack)
    app_of(stack).synth()


def test_acknowledgements_cover_nothing_new(make_stack: MakeStack) -> None:
    """A wildcard policy in the same stack is found, though other findings are acknowledged."""
    stack = make_stack()
    add_checks(app_of(stack), stack)
    iam.Policy(
        stack,
        "TooMuch",
        roles=[iam.Role.from_role_name(stack, "Role", "somebody")],
        statements=[iam.PolicyStatement(actions=["logs:*"], resources=["*"])],
    )
    assert "AwsSolutions-IAM5" in refusal(app_of(stack))
