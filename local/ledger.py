"""The ledger's table in moto's DynamoDB, and an operator's way to it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from ledger.rows import KEY, Item
from ledger.sdk import SdkCalls
from ledger.writer import Writer
from transport import Deadline

_WRITE_SECONDS = 10


class LedgerTable:
    """A table of one stack's own.

    Attributes:
        name: of the table.
        operator: writes marks, as an operator's commands do, by the SDK.
    """

    def __init__(self, endpoint: str, region: str) -> None:
        # moto's memory is the process's: each stack needs a name of its own.
        self.name = f"session-ledger-{uuid.uuid4().hex}"
        self._region = region
        self._sdk: Any = boto3.client(
            "dynamodb",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 1}),
        )
        self._sdk.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.operator = Writer(self.name, SdkCalls(self._sdk))

    @property
    def environ(self) -> Mapping[str, str]:
        """What a Lambda's environment holds of the ledger, and what Lambda itself sets."""
        return {
            "LEDGER_TABLE": self.name,
            "AWS_REGION": self._region,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def item(self, name: str) -> Item:
        """The row of that name as it stands; empty if there is none."""
        answer = self._sdk.get_item(
            TableName=self.name, Key={KEY: {"S": name}}, ConsistentRead=True
        )
        item: Item = answer.get("Item", {})
        return item

    def expire(self, now: float, *, ended_before: float = 0) -> int:
        """Delete the rows whose ``ttl`` has passed, as DynamoDB does in its time; how many.

        Rows of sessions that ended before a moment go too, a day before DynamoDB would.
        """
        expired = self._sdk.scan(
            TableName=self.name,
            FilterExpression="#ttl < :now OR revoked_at < :ended",
            ProjectionExpression=KEY,
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={
                ":now": {"N": str(int(now))},
                ":ended": {"N": str(int(ended_before))},
            },
        )["Items"]
        for row in expired:
            self._sdk.delete_item(TableName=self.name, Key=row)
        return len(expired)

    def close(self) -> None:
        """Close the connections. The table stays in moto's memory, as pools and users do."""
        self._sdk.close()


def write_deadline() -> Deadline:
    """By when one of the operator's writes must be done: in real time, whatever the clock says."""
    return Deadline.after(_WRITE_SECONDS, time.monotonic)
