"""The inside of a function behind custom resources: one request in, one answer out, always."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.logging import Logger

from custom_resource import answer
from custom_resource.outcome import Done, ResourceError
from custom_resource.request import Request, read_request


class CustomResources:
    """Carries requests out and answers each one, whatever happens."""

    def __init__(
        self, carry_out: Callable[[Request], Done], send: answer.Send, logger: Logger
    ) -> None:
        self._carry_out = carry_out
        self._send = send
        self._logger = logger

    def handle(self, event: Any, request_id: str = "") -> None:
        """Handle one request.

        Raises:
            custom_resource.request.RequestError: the event is none.
            custom_resource.answer.AnswerError: CloudFormation could not be told.
        """
        request = read_request(event)
        reason = ""
        try:
            done = self._carry_out(request)
            document = answer.success(request, done)
        except Exception as error:
            # The one place that catches everything: without an answer CloudFormation would wait.
            reason = str(error) if isinstance(error, ResourceError) else type(error).__name__
            document = answer.failure(request, reason, request.name)
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
