"""SDK clients of one profile and Region, who the caller is, and what time AWS says it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    InvalidRegionError,
    PaginationError,
    ParamValidationError,
    ProfileNotFound,
)
from botocore.exceptions import ConnectionError as UnreachableError

from environment.reader import LOOPBACK_HOSTS
from ops.answers import OpsError, UnavailableError, UsageError
from ops.world import MakeSession

#: A command is run by a person who waits, or by a script that repeats.
_SDK = Config(
    connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 4}
)
#: Whoever listens on this machine must not be sent what AWS would believe.
_OF_THIS_MACHINE: dict[str, Any] = {
    "aws_access_key_id": "local",
    "aws_secret_access_key": "local",
    "config": Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 1}),
}

#: What befalls a request or its answer; all else that the SDK raises itself comes before that.
_ON_THE_WAY = (UnreachableError, HTTPClientError, IncompleteReadError, PaginationError)

#: A Date header has whole seconds, and was on its way: clocks this close are taken for the same.
_SAME_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls AWS."""

    account: str
    arn: str


class Aws:
    """The account in which the program works."""

    def __init__(
        self,
        make_session: MakeSession,
        *,
        profile: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        clock: Callable[[], float] | None = None,
        machine_clock: Callable[[], float] = time.time,
    ) -> None:
        """
        Args:
            make_session: makes the SDK's session.
            profile: the configured one if it is None.
            region: the configured one if it is None.
            endpoint_url: a stack on this machine, in place of AWS.
            clock: seconds since the epoch; AWS's time if it is None.
            machine_clock: what this machine takes for that.

        Raises:
            UsageError: without a Region, or with an endpoint elsewhere.
        """
        if endpoint_url is not None:
            _need_loopback(endpoint_url)
        try:
            self.session = make_session(profile, region)
        except ProfileNotFound:
            raise UsageError("profile", "there is no such profile") from None
        if not self.session.region_name:
            raise UsageError("region", "say which Region: --region, or AWS_REGION")
        self.region: str = self.session.region_name
        self.endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}
        self._clock = clock
        self._machine_clock = machine_clock
        self._caller: Caller | None = None
        self._ahead_seconds = 0.0

    def client(self, service: str) -> Any:
        """The service's client, made when it is first asked for."""
        if service not in self._clients:
            options: dict[str, Any] = {"config": _SDK}
            if self.endpoint_url is not None:
                options = _OF_THIS_MACHINE | {"endpoint_url": self.endpoint_url}
            self._clients[service] = self.session.client(
                service, region_name=self.region, **options
            )
        return self._clients[service]

    def caller(self) -> Caller:
        """The caller's account and ARN: sts:GetCallerIdentity, which nobody can be denied."""
        if self._caller is None:
            with answering():
                said = self.client("sts").get_caller_identity()
            self._caller = Caller(said["Account"], said["Arn"])
            date = said["ResponseMetadata"].get("HTTPHeaders", {}).get("date", "")
            self._ahead_seconds = _ahead_seconds(date, self._machine_clock())
        return self._caller

    def now(self) -> float:
        """Seconds since the epoch by AWS's clocks, which marks are compared with.

        By this machine's clock where STS cannot be asked: the plain calls need no credentials.
        """
        if self._clock is not None:
            return self._clock()
        with suppress(UnavailableError):
            self.caller()
        return self._machine_clock() - self._ahead_seconds

    def close(self) -> None:
        """Close the connections of all clients."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()


def _need_loopback(endpoint_url: str) -> None:
    try:
        parts = urlsplit(endpoint_url)
        # A port that is no number comes up when it is asked for.
        scheme, host, _ = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host = "", None
    if scheme not in ("http", "https") or host not in LOOPBACK_HOSTS:
        raise UsageError(
            "endpoint", "--endpoint-url is for a stack on this machine: http://localhost:PORT"
        )


def _ahead_seconds(date: str, here: float) -> float:
    """By how much this machine's clock is ahead of the one that wrote a Date header."""
    try:
        there = parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return 0.0
    ahead = here - there
    return ahead if abs(ahead) > _SAME_SECONDS else 0.0


@contextmanager
def answering() -> Iterator[None]:
    """Turn whatever the SDK raises into an :class:`OpsError`, most often UnavailableError."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise unavailable(error) from None


def unavailable(error: ClientError | BotoCoreError) -> OpsError:
    """What an operator is told of an error of the SDK's."""
    if isinstance(error, ParamValidationError):
        # Its text quotes the value.
        return UsageError("parameter", "that is no value that AWS takes; it was not sent")
    if isinstance(error, ClientError):
        code = error_code(error)
        return UnavailableError(code, f"{error.operation_name}: {code}: {_said(error)}")
    if isinstance(error, InvalidRegionError):
        return UsageError("region", "that is no Region: --region, or AWS_REGION")
    # The text of these may quote parameters.
    name = type(error).__name__
    if isinstance(error, _ON_THE_WAY):
        return UnavailableError(name, f"AWS did not answer: {name}")
    if name in ("NoCredentialsError", "PartialCredentialsError", "TokenRetrievalError"):
        return UnavailableError(name, "there are no usable AWS credentials: --profile, or sign in")
    said = f"this machine's AWS set-up or sign-in cannot be used: {name}"
    return UnavailableError(name, said)


def error_code(error: ClientError) -> str:
    """The service's own word for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", "")) or "Unknown"


def _said(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))[:500]
