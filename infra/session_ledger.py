"""The ledger's table as a construct, and who may do what with it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.function_options import Removal
from ledger.rows import KEY

#: DynamoDB deletes a row some time after the moment that stands in this attribute.
TTL_ATTRIBUTE = "ttl"


class SessionLedger(Construct):
    """One table for revocation marks, shared verdicts and users' sessions.

    .. code-block:: python

        ledger = SessionLedger(self, "Ledger")
        SessionAuthorizer(self, "Sessions", ledger=ledger, ...)
        SingleSessionHook(self, "Hook", ledger=ledger, ...)

    It is paid by the request, and no request scans it: every row has a key of its own.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        removal_policy: Removal = Removal.RETAIN,
    ) -> None:
        """
        Args:
            removal_policy: what becomes of the marks when the stack is deleted. Without them a
                session that only the ledger had ended lives until its token expires.
        """
        super().__init__(scope, id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name=KEY, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=TTL_ATTRIBUTE,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            # AWS's key for DynamoDB in this account: its use shows in CloudTrail, and callers
            # need no permission of their own for it.
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            deletion_protection=removal_policy is Removal.RETAIN,
            removal_policy=removal_policy.policy,
        )

    @property
    def table_name(self) -> str:
        """The table's name, known to the deployment only."""
        return self.table.table_name

    def allow_reading_and_writing(self, role: iam.Role) -> None:
        """For the authorizer: reads a token's rows at once, writes verdicts and rosters."""
        self._allow(role, ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"])

    def allow_writing(self, role: iam.Role) -> None:
        """For the hook and the feed: write marks, and read nothing."""
        self._allow(role, ["dynamodb:UpdateItem"])

    def _allow(self, role: iam.Role, actions: Sequence[str]) -> None:
        role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=[self.table.table_arn])
        )
