"""A client's secret, from a SecureString parameter of Systems Manager: in no setting, in no log.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ledger.aws import lambda_credentials
from ledger.sigv4 import Signer
from transport import Deadline, Transport, TransportError, WallClock

_MAX_BYTES = 65_536


class SecretError(Exception):
    """The parameter could not be read: it is missing, not allowed, or did not come."""


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
    region = environ.get("AWS_REGION", "")
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    endpoint = local_endpoint or f"https://ssm.{region}.{domain}"
    signer = Signer("ssm", region)
    credentials = lambda_credentials(environ)
    body = json.dumps({"Name": name, "WithDecryption": True}).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Host": endpoint.partition("://")[2],
        "X-Amz-Target": "AmazonSSM.GetParameter",
    }

    def read(deadline: Deadline) -> str:
        try:
            answer = transport.request(
                "POST",
                f"{endpoint}/",
                headers=signer.sign(headers, body, credentials(), now=clock()),
                body=body,
                max_bytes=_MAX_BYTES,
                deadline=deadline,
            )
            value = json.loads(answer.body)["Parameter"]["Value"]
        except (TransportError, ValueError, KeyError, TypeError):
            raise SecretError("the parameter can't be read") from None
        if answer.status != 200 or not isinstance(value, str) or not value:
            raise SecretError("the parameter can't be read")
        return value

    return read
