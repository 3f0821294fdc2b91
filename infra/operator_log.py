"""Where operators' actions are written down: a log group that outlives the stack."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.function_options import RETENTION_BY_DAYS

#: Whoever asks who signed whom out may ask a year later.
SHORTEST_RETENTION_DAYS = 365


class OperatorLog(Construct):
    """The trail of operators' actions.

    No function may write it: operators do, with their own credentials, and need
    ``logs:CreateLogStream`` and ``logs:PutLogEvents`` on it. It stays when the stack is deleted,
    whatever becomes of the rest: a trail that goes with what it is about is none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        retention_days: int = 400,
        kms_key_arn: str = "",
    ) -> None:
        """
        Args:
            retention_days: one of those that CloudWatch Logs offers, a year or more.
            kms_key_arn: encrypts the log; AWS's own key if there is none.

        Raises:
            ValueError: for fewer days.
        """
        super().__init__(scope, id)
        if retention_days < SHORTEST_RETENTION_DAYS:
            raise ValueError("an operators' trail is kept for a year or more")
        self.log_group = logs.LogGroup(
            self,
            "Log",
            encryption_key=kms.Key.from_key_arn(self, "Key", kms_key_arn) if kms_key_arn else None,
            retention=RETENTION_BY_DAYS[retention_days],
            removal_policy=RemovalPolicy.RETAIN,
        )

    @property
    def log_group_name(self) -> str:
        """The log group's name, known to the deployment only."""
        return self.log_group.log_group_name
