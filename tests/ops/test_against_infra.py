"""What the program knows of a stack, held against what CDK makes."""

from __future__ import annotations

from infra.exports import Export, parameter_name
from infra.settings import DeploymentSettings
from ops.deployment import DEFAULT_STACK, PARAMETER_PREFIX, Parameter


def test_parameters_are_those_that_are_exported() -> None:
    """What is read by name is what the stack exports under that name."""
    exported = {export.value for export in Export}
    assert {p.value for p in Parameter} - {"operator-log-group"} <= exported
    prefix = PARAMETER_PREFIX.format(stack="AStack")
    assert parameter_name("AStack", Export.FUNCTION_ARN) == prefix + Parameter.FUNCTION_ARN


def test_the_default_stack() -> None:
    """Without --stack the program looks for what is deployed without settings."""
    assert DeploymentSettings.from_context({}).stack_name == DEFAULT_STACK
