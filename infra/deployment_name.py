"""The name by which a deployment's lines, metrics, alarms and dashboard are told from another's."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct

from environment import EnvironmentReader, SettingsError

#: The functions' variable.
VARIABLE = "DEPLOYMENT_NAME"


def deployment_name(scope: IConstruct, chosen: str = "") -> str:
    """``chosen``, or the name of the stack that ``scope`` is in, of the outermost if it is nested.

    Raises:
        ValueError: it could not be a metric's dimension and a dashboard's name.
    """
    name = chosen or _outermost(cdk.Stack.of(scope)).stack_name
    if not is_deployment_name(name):
        raise ValueError(
            f"{name} cannot name a deployment: give deployment_name, of 1 to 64 letters, digits,"
            " hyphens or underscores"
        )
    return name


def is_deployment_name(name: str) -> bool:
    """Whether the functions take it, as a label of their lines and metrics."""
    read = EnvironmentReader({VARIABLE: name})
    try:
        is_taken = read.label(VARIABLE, default="") == name
        read.finish()
    except SettingsError:
        return False
    return is_taken


def _outermost(stack: cdk.Stack) -> cdk.Stack:
    parent = stack.nested_stack_parent
    return stack if parent is None else _outermost(parent)
