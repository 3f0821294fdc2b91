"""The local AWS, running: one account in one Region."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from local.aws.clients import Clients
from local.aws.cloudformation import mended_cloudformation
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
    """

    def __init__(self, clock: WallClock, region: str) -> None:
        self.dynamodb = DynamoDbLayer(moto_application())
        self.cognito = LocalCognito(clock, behind=self.dynamodb)
        self.clients = Clients(self.cognito.url, region)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as started:
            started.enter_context(mended_cloudformation(self.clients))
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
