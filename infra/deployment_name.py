"""The name by which a deployment's lines, metrics, alarms and dashboard are told from another's."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct

from environment.deployment import DEPLOYMENT_PATTERN


def deployment_name(scope: IConstruct, chosen: str = "") -> str:
    """``chosen``, or the name of the stack that ``scope`` is in, of the outermost if it is nested.

    Raises:
        ValueError: it could not be a metric's dimension and a dashboard's name.
    """
    name = chosen or _outermost(cdk.Stack.of(scope)).stack_name
    if DEPLOYMENT_PATTERN.fullmatch(name) is None:
        raise ValueError(
            f"{name} cannot name a deployment: give deployment_name, of 1 to 64 letters, digits,"
            " hyphens or underscores"
        )
    return name


def _outermost(stack: cdk.Stack) -> cdk.Stack:
    parent = stack.nested_stack_parent
    return stack if parent is None else _outermost(parent)
