"""Builds the custom resources' function. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import IO, Any

from aws_lambda_powertools.logging import Logger

from native_sessions import answer
from native_sessions.request import read_request
from native_sessions.resources import ResourceError, name_of
from pool_trigger.pool import UserPools
from pool_trigger.resources import carry_out
from pool_trigger.sdk import PoolClient, make_client

SERVICE = "pool_trigger"


class TriggerResources:
    """Carries requests out and answers each one, whatever happens."""

    def __init__(self, pools: UserPools, send: answer.Send, logger: Logger) -> None:
        self._pools = pools
        self._send = send
        self._logger = logger

    def handle(self, event: Any, request_id: str = "") -> None:
        """Handle one request.

        Raises:
            native_sessions.request.RequestError: the event is none.
            native_sessions.answer.AnswerError: CloudFormation could not be told.
        """
        request = read_request(event)
        reason = ""
        try:
            done = carry_out(request, event.get("OldResourceProperties") or {}, self._pools)
            document = answer.success(request, done)
        except Exception as error:
            # The one place that catches everything: without an answer CloudFormation would wait.
            reason = str(error) if isinstance(error, ResourceError) else type(error).__name__
            document = answer.failure(request, reason, name_of(request))
        self._logger.info(
            "custom resource",
            extra={
                "outcome": "failed" if reason else "done",
                "request_type": request.type.value,
                "resource_type": request.resource_type,
                "request_id": request_id,
                "why": reason,
            },
        )
        self._send(request.response_url, document)


def wire(
    environ: Mapping[str, str],
    *,
    client: PoolClient | None = None,
    send: answer.Send = answer.put,
    pause: Callable[[float], None] = time.sleep,
    log_stream: IO[str] | None = None,
    service: str = SERVICE,
) -> TriggerResources:
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
    return TriggerResources(pools, send, logger)
