"""What a Lambda function is given beside its code, typed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

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


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionOptions:
    """Size and logs of a function.

    512 MB, because Lambda gives CPU in proportion and a cold start is mostly imports.
    """

    memory_size_mb: int = 512
    log_retention_days: int = 90
    removal_policy: Removal = Removal.RETAIN

    @property
    def log_retention(self) -> logs.RetentionDays:
        """``log_retention_days`` in CDK's words."""
        return RETENTION_BY_DAYS[self.log_retention_days]
