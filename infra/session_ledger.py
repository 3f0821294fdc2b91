"""The ledger's table as a construct, and who may do what with it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.function_options import Removal
from ledger.rows import KEY

#: DynamoDB deletes a row some time after the moment that stands in this attribute.
TTL_ATTRIBUTE = "ttl"

#: Whoever uses a table with a key of the customer's is asked for these.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_WITH_A_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]


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
        kms_key_arn: str = "",
    ) -> None:
        """
        Args:
            removal_policy: what becomes of the marks when the stack is deleted. Without them a
                session that only the ledger had ended lives until its token expires.
            kms_key_arn: encrypts the table; AWS's key for DynamoDB if there is none.
        """
        super().__init__(scope, id)
        self._key: kms.IKey | None = None
        if kms_key_arn:
            self._key = kms.Key.from_key_arn(self, "Key", kms_key_arn)
        encryption = dynamodb.TableEncryption
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
            encryption=encryption.CUSTOMER_MANAGED if self._key else encryption.AWS_MANAGED,
            encryption_key=self._key,
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
        if self._key is not None:
            service = f"dynamodb.{self.table.stack.region}.{self.table.stack.url_suffix}"
            role.add_to_policy(
                iam.PolicyStatement(
                    actions=_WITH_A_KEY,
                    resources=[self._key.key_arn],
                    # DynamoDB uses the key for the caller; the caller itself can't.
                    conditions={"StringEquals": {"kms:ViaService": service}},
                )
            )
