"""The local AWS, running: one account in one Region."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.aws.answers import Answers
from local.aws.clients import Clients
from local.aws.cloudformation import mended_cloudformation
from local.aws.custom_resource import CallFunction, Conversation
from local.clock import WallClock
from local.cognito import LocalCognito
from local.cognito.layer import moto_application
from local.dynamodb import DynamoDbLayer


class LocalAccount:
    """moto's server with Cognito's layer and a mended CloudFormation, for a ``with``.

    Attributes:
        cognito: Cognito's knobs; ``cognito.url`` is the endpoint of every service.
        dynamodb: DynamoDB's knobs.
        clients: SDK clients for it.
        answers: where custom resources answer.
        call_function: calls a function for CloudFormation. moto runs none, so that somebody has
            to say how; until then a custom resource fails.
    """

    def __init__(self, clock: WallClock, region: str) -> None:
        self.dynamodb = DynamoDbLayer(moto_application())
        self.cognito = LocalCognito(clock, behind=self.dynamodb)
        self.clients = Clients(self.cognito.url, region)
        self.call_function: CallFunction | None = None
        self._running = ExitStack()
        with ExitStack() as made:
            folder = made.enter_context(tempfile.TemporaryDirectory())
            self.answers = Answers(Path(folder))
            self._running = made.pop_all()

    def __enter__(self) -> Self:
        with self._running as started:
            started.enter_context(self.answers)
            conversation = Conversation(self._call, self.answers)
            started.enter_context(mended_cloudformation(self.clients, conversation))
            started.enter_context(self.cognito)
            started.callback(self.clients.close)
            self._running = started.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def _call(self, function_arn: str, event: dict[str, Any]) -> Any:
        if self.call_function is None:
            raise RuntimeError(f"nobody can call {function_arn}")
        return self.call_function(function_arn, event)
