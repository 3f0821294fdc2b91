"""SDK clients for the local AWS, one for each service."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

#: moto's own, which it gives to whoever calls without telling it another.
ACCOUNT_ID = "123456789012"

#: What every client and the CDK command line call with.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


class Clients:
    """Makes a client when it is first asked for.

    Attributes:
        endpoint: where all of them call.
        region: of all of them.
    """

    def __init__(self, endpoint: str, region: str) -> None:
        self.endpoint = endpoint
        self.region = region
        self._session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=region,
        )
        self._clients: dict[str, Any] = {}

    def of(self, service: str) -> Any:
        """The service's client, untyped: which operations are called stands in rows of data."""
        if service not in self._clients:
            self._clients[service] = self._session.client(
                service,  # type: ignore[call-overload]
                endpoint_url=self.endpoint,
                # No proxy stands between this machine and itself, and an error is to be seen.
                config=Config(
                    proxies={},
                    retries={"mode": "standard", "total_max_attempts": 1},
                    s3={"addressing_style": "path"},
                ),
            )
        return self._clients[service]

    def close(self) -> None:
        """Close the connections of all of them."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
