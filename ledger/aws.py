"""The ledger's table as a Lambda reaches it: Region and credentials from its environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ledger.dynamodb import DynamoDb
from ledger.sigv4 import Credentials
from transport import MonotonicClock, WallClock
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
    region = environ.get("AWS_REGION", "")
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return DynamoDb(
        region,
        local_endpoint or f"https://dynamodb.{region}.{domain}",
        credentials=lambda_credentials(environ),
        transport=HttpsTransport(
            connect_timeout_ms=timeout_ms, read_timeout_ms=timeout_ms, clock=monotonic
        ),
        clock=clock,
    )


def lambda_credentials(environ: Mapping[str, str]) -> Callable[[], Credentials]:
    """The credentials that Lambda puts into the environment of a sandbox, read at each call.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """

    def read() -> Credentials:
        return Credentials(
            environ.get("AWS_ACCESS_KEY_ID", ""),
            environ.get("AWS_SECRET_ACCESS_KEY", ""),
            environ.get("AWS_SESSION_TOKEN", ""),
        )

    return read
