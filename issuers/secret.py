"""A client's secret, from a SecureString parameter of Systems Manager: in no setting, in no log.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from transport import Deadline, Transport, TransportError, WallClock
from transport.aws import AwsService, lambda_credentials

_MAX_BYTES = 65_536


class SecretError(Exception):
    """The parameter could not be read: it is missing, not allowed, or did not come."""


class _SystemsManager(AwsService):
    name = "ssm"
    version = "1.1"
    target = "AmazonSSM"


def parameter_secret(
    name: str,
    environ: Mapping[str, str],
    *,
    local_endpoint: str | None,
    transport: Transport,
    clock: WallClock,
) -> Callable[[Deadline], str]:
    """What reads the parameter, each time it is called.

    Args:
        name: the parameter's.
        environ: holds ``AWS_REGION`` and the credentials that Lambda sets.
        local_endpoint: an address of this machine in place of AWS's.
        transport: how to reach it.
        clock: wall-clock time, seconds since the epoch, for signatures.

    The result raises:
        SecretError: it could not be read.
    """
    ssm = _SystemsManager(
        environ.get("AWS_REGION", ""),
        local_endpoint,
        credentials=lambda_credentials(environ),
        transport=transport,
        clock=clock,
    )
    wanted = {"Name": name, "WithDecryption": True}

    def read(deadline: Deadline) -> str:
        try:
            answer = ssm.post("GetParameter", wanted, max_bytes=_MAX_BYTES, deadline=deadline)
            value = json.loads(answer.body)["Parameter"]["Value"]
        except (TransportError, ValueError, KeyError, TypeError):
            raise SecretError("the parameter can't be read") from None
        if answer.status != 200 or not isinstance(value, str) or not value:
            raise SecretError("the parameter can't be read")
        return value

    return read
