"""The ledger's table as a Lambda reaches it: Region and credentials from its environment."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.dynamodb import DynamoDb
from transport import MonotonicClock, WallClock
from transport.aws import lambda_credentials
from transport.https import HttpsTransport


def dynamodb(
    environ: Mapping[str, str],
    *,
    local_endpoint: str | None,
    timeout_ms: int,
    clock: WallClock,
    monotonic: MonotonicClock,
) -> DynamoDb:
    """Calls DynamoDB in the Lambda's own Region.

    Args:
        environ: holds ``AWS_REGION`` and the credentials that Lambda sets.
        local_endpoint: an address of this machine in place of AWS's.
        timeout_ms: for connecting and for an answer, each.
        clock: wall-clock time, seconds since the epoch.
        monotonic: for deadlines.
    """
    return DynamoDb(
        environ.get("AWS_REGION", ""),
        local_endpoint,
        credentials=lambda_credentials(environ),
        transport=HttpsTransport(
            connect_timeout_ms=timeout_ms, read_timeout_ms=timeout_ms, clock=monotonic
        ),
        clock=clock,
    )
