"""How a changed authorizer takes over from the one before it, typed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import aws_codedeploy as codedeploy

_CONFIGS = codedeploy.LambdaDeploymentConfig


class GradualShift(StrEnum):
    """How requests go over to a new version, by CodeDeploy's names of its configurations.

    https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
    """

    NONE = "none"
    """All at once, by CloudFormation alone. The default."""
    CANARY_10_PERCENT_5_MINUTES = "canary10Percent5Minutes"
    CANARY_10_PERCENT_10_MINUTES = "canary10Percent10Minutes"
    CANARY_10_PERCENT_15_MINUTES = "canary10Percent15Minutes"
    CANARY_10_PERCENT_30_MINUTES = "canary10Percent30Minutes"
    LINEAR_10_PERCENT_EVERY_1_MINUTE = "linear10PercentEvery1Minute"
    LINEAR_10_PERCENT_EVERY_2_MINUTES = "linear10PercentEvery2Minutes"
    LINEAR_10_PERCENT_EVERY_3_MINUTES = "linear10PercentEvery3Minutes"
    LINEAR_10_PERCENT_EVERY_10_MINUTES = "linear10PercentEvery10Minutes"

    @property
    def config(self) -> codedeploy.ILambdaDeploymentConfig | None:
        """The same in CDK's words; None if nothing shifts gradually."""
        if self is GradualShift.NONE:
            return None
        config: codedeploy.ILambdaDeploymentConfig = getattr(_CONFIGS, self.name)
        return config


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseOptions:
    """What concerns the authorizer's versions and the alias in front of them."""

    gradual_shift: GradualShift = GradualShift.NONE
    # Sandboxes; 0 is no number of them but none of that.
    reserved_concurrency: int = 0
    provisioned_concurrency: int = 0
    snap_start: bool = False
