"""What a Lambda function is given beside its code, typed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from infra.bundling import Target

#: Days that CloudWatch Logs can keep events for, of those it offers.
RETENTION_BY_DAYS = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    400: logs.RetentionDays.THIRTEEN_MONTHS,
    731: logs.RetentionDays.TWO_YEARS,
    1827: logs.RetentionDays.FIVE_YEARS,
    3653: logs.RetentionDays.TEN_YEARS,
}


class Removal(StrEnum):
    """What becomes of things that hold data when the stack is deleted."""

    RETAIN = "retain"
    DESTROY = "destroy"

    @property
    def policy(self) -> RemovalPolicy:
        """The same in CDK's words."""
        return RemovalPolicy.RETAIN if self is Removal.RETAIN else RemovalPolicy.DESTROY


class Architecture(StrEnum):
    """The processor; the wheels in the zip are chosen for it."""

    ARM64 = "arm64"
    X86_64 = "x86_64"

    @property
    def wheels(self) -> str:
        """The same in the words of Python's packaging."""
        return "aarch64" if self is Architecture.ARM64 else "x86_64"


class Runtime(StrEnum):
    """The Python; the wheels in the zip are chosen for it.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """

    PYTHON_3_12 = "python3.12"
    PYTHON_3_13 = "python3.13"
    PYTHON_3_14 = "python3.14"


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionOptions:
    """Machine, logs, network and key of a function, and the name it reports under.

    512 MB, because Lambda gives CPU in proportion and a cold start is mostly imports. Runtime: the
    newest that CDK names and that every wheel in the lock files exists for. ``kms_key_arn`` also
    encrypts the ledger and what goes to the logs. The stack's name stands in for an empty
    ``deployment_name``.
    """

    memory_size_mb: int = 512
    log_retention_days: int = 90
    removal_policy: Removal = Removal.RETAIN
    architecture: Architecture = Architecture.ARM64
    runtime: Runtime = Runtime.PYTHON_3_14
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    kms_key_arn: str = ""
    deployment_name: str = ""
    tracing: bool = False

    @property
    def target(self) -> Target:
        """The machine that wheels are chosen for: all these runtimes are on Amazon Linux 2023."""
        return Target(
            platform=f"{self.architecture.wheels}-manylinux_2_28",
            python_version=self.runtime.removeprefix("python"),
        )

    @property
    def lambda_architecture(self) -> lambda_.Architecture:
        """``architecture`` in CDK's words."""
        is_arm = self.architecture is Architecture.ARM64
        return lambda_.Architecture.ARM_64 if is_arm else lambda_.Architecture.X86_64

    @property
    def lambda_runtime(self) -> lambda_.Runtime:
        """``runtime`` in CDK's words."""
        runtime: lambda_.Runtime = getattr(lambda_.Runtime, self.runtime.name)
        return runtime

    @property
    def log_retention(self) -> logs.RetentionDays:
        """``log_retention_days`` in CDK's words."""
        return RETENTION_BY_DAYS[self.log_retention_days]
