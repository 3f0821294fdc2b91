"""What the tests of the measurements share: a loopback server, and both kinds of candidates."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from authorizer.wiring import wire
from benchmarks.loopback import LoopbackServer
from benchmarks.pool import KEY_SET, REGION, authorizer_environ, textbook_environ
from benchmarks.sandbox_program import Context
from transport.https import HttpsTransport

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@pytest.fixture(scope="session")
def server() -> Iterator[LoopbackServer]:
    """Cognito and DynamoDB on loopback, in a thread."""
    with LoopbackServer(KEY_SET, frozenset()) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def endpoint(server: LoopbackServer) -> str:
    """The server's address."""
    return f"http://localhost:{server.server_address[1]}"


@pytest.fixture(scope="session")
def textbook(endpoint: str) -> Handler:
    """The textbook's handler, imported as Lambda would."""
    with pytest.MonkeyPatch.context() as patch:
        environ = dict(textbook_environ(endpoint)) | {
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example",
        }
        for name, value in environ.items():
            patch.setenv(name, value)
        module = importlib.import_module("benchmarks.textbook.lambda_function")
    handler: Handler = module.lambda_handler
    return handler


@pytest.fixture
def ours(endpoint: str) -> Iterator[Handler]:
    """This project's handler, wired with the settings that are measured."""
    environ = authorizer_environ(endpoint, has_ledger=False, remembers=False)
    with closing(
        HttpsTransport(connect_timeout_ms=2000, read_timeout_ms=2000, clock=time.monotonic)
    ) as transport:
        authorizer = wire(environ, transport=transport)
        yield lambda event, context: authorizer.handle(event, context.aws_request_id)


@pytest.fixture
def context() -> Context:
    """Lambda's context."""
    return Context()
