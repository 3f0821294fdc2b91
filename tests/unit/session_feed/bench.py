"""CloudTrail's events as EventBridge hands them on, and a feed on a table in memory.

https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
"""

from __future__ import annotations

import io
import itertools
import json
from datetime import UTC, datetime
from typing import Any

from ledger.rows import Item, user_name
from ledger.writer import Writer
from session_feed.feed import Feed
from session_feed.settings import Settings
from session_feed.telemetry import Telemetry
from telemetry import Reports
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.tokens import ISSUER, NOW, POOL_ID

SUBJECT = "0d1ce05c-1111-4222-8333-9f1c2a000000"
ENVIRONMENT = {"USER_POOL_ID": POOL_ID, "LEDGER_TABLE": TABLE, "AWS_REGION": "eu-west-1"}

_NUMBERS = itertools.count()


def event(
    operation: str = "AdminUserGlobalSignOut",
    *,
    at: int = NOW,
    subject: Any = SUBJECT,
    **detail: Any,
) -> dict[str, Any]:
    """One management event. ``detail`` replaces members of it."""
    return {
        "version": "0",
        "source": "aws.cognito-idp",
        "detail-type": "AWS API Call via CloudTrail",
        "time": "2026-11-20T12:05:00Z",
        "detail": {
            "eventVersion": "1.08",
            "eventTime": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": "cognito-idp.amazonaws.com",
            "eventName": operation,
            "requestParameters": {"userPoolId": POOL_ID, "username": "HIDDEN_DUE_TO_SECURITY"},
            "responseElements": None,
            "additionalEventData": {"sub": subject},
        }
        | detail,
    }


class Bench:
    """One feed as a Lambda sandbox holds it."""

    def __init__(self, table: FakeDynamoDb | None = None, **environment: str) -> None:
        self.table = table or FakeDynamoDb()
        self.log = io.StringIO()
        self.now: float = NOW + 100
        service = f"session_feed-{next(_NUMBERS)}"
        self.feed = Feed(
            Settings.from_env(ENVIRONMENT | environment),
            Writer(TABLE, self.table),
            Telemetry(Reports(service, "default", self.log)),
            clock=lambda: self.now,
            monotonic=lambda: 0,
        )

    @property
    def user(self) -> Item:
        """The row of the user whom events are about."""
        return self.table.rows.get(user_name(ISSUER, SUBJECT), {})

    def lines(self) -> list[dict[str, Any]]:
        """Every log line so far."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]
