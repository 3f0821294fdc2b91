"""Builds the custom resources' function. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import IO, Any

from aws_lambda_powertools.logging import Logger

from custom_resource import answer
from custom_resource.function import CustomResources
from pool_trigger.pool import UserPools
from pool_trigger.resources import carry_out
from pool_trigger.sdk import PoolClient, make_client

SERVICE = "pool_trigger"


def wire(
    environ: Mapping[str, str],
    *,
    client: PoolClient | None = None,
    send: answer.Send = answer.put,
    pause: Callable[[float], None] = time.sleep,
    log_stream: IO[str] | None = None,
    service: str = SERVICE,
) -> CustomResources:
    """The function's inside, with its SDK client made.

    Args:
        environ: the Region that Lambda sets.
        client: of the SDK, to be called instead of a real one.
        send: puts an answer at an address.
        pause: waits for some seconds.
        log_stream: where log lines go; standard output if none is given.
        service: what log lines call it.
    """
    logger = Logger(service=service, stream=log_stream, use_rfc3339=True, utc=True)

    def keep(description: Mapping[str, Any]) -> None:
        # So that an operator can put back by hand whatever a write should lose.
        logger.info("user pool before the change", extra={"settings": dict(description)})

    pools = UserPools(client or make_client(environ.get("AWS_REGION")), pause=pause, keep=keep)
    return CustomResources(lambda request: carry_out(request, pools), send, logger)
