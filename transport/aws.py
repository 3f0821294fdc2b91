"""AWS's JSON protocol without an SDK: a POST to a service's one address.

Signed where IAM is to judge it. For the few operations that are called on the way of a request, or
of a sign-in: an SDK takes longer to import than to answer, takes any status below 300 for a
success, and knows no deadline for a whole call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from transport.aws_answers import service_endpoint
from transport.port import Answer, Deadline, Transport, TransportError, WallClock
from transport.sigv4 import Credentials, Signer


class NoCredentialsError(TransportError):
    """Nothing was sent: the signature would be nobody's."""

    def __init__(self) -> None:
        super().__init__("no credentials")


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


class AwsService:
    """One service in one Region, over a :class:`transport.Transport`; each service is a subclass.

    Attributes:
        name: the service's, as signatures and addresses have it.
        version: of the JSON protocol, as the service's model has it: ``1.0`` or ``1.1``.
        target: what stands before the operation in ``X-Amz-Target``.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    target: ClassVar[str]

    def __init__(
        self,
        region: str,
        endpoint: str | None = None,
        *,
        credentials: Callable[[], Credentials],
        transport: Transport,
        clock: WallClock,
    ) -> None:
        """
        Args:
            region: the Region's.
            endpoint: an address of this machine, without a path; AWS's own if it is None.
            credentials: asked before each signed call; they may change while a sandbox lives.
            transport: how to reach it.
            clock: wall-clock time, seconds since the epoch, for signatures.
        """
        address = endpoint or service_endpoint(self.name, region)
        self._url = f"{address}/"
        self._headers = {
            "Content-Type": f"application/x-amz-json-{self.version}",
            "Host": address.partition("://")[2],
        }
        self._signer = Signer(self.name, region)
        self._credentials = credentials
        self._transport = transport
        self._clock = clock

    def post(
        self,
        operation: str,
        payload: Mapping[str, Any],
        *,
        max_bytes: int,
        deadline: Deadline,
        is_signed: bool = True,
    ) -> Answer:
        """Call an operation, once; whatever is answered comes back.

        Raises:
            TransportError: no complete answer came in time, or there was nothing to sign with.
        """
        body = json.dumps(payload, separators=(",", ":")).encode()
        headers: Mapping[str, str] = {
            **self._headers,
            "X-Amz-Target": f"{self.target}.{operation}",
        }
        if is_signed:
            credentials = self._credentials()
            if not credentials.access_key_id:
                raise NoCredentialsError
            headers = self._signer.sign(headers, body, credentials, now=self._clock())
        return self._transport.request(
            "POST",
            self._url,
            headers=headers,
            body=body,
            max_bytes=max_bytes,
            deadline=deadline,
        )
