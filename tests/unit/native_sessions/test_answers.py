"""Every request is answered, at the address it came with, and that address stays secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber

from custom_resource import answer
from custom_resource.outcome import Done
from custom_resource.request import RequestError, read_request
from native_sessions.pool import Pools, SessionConfiguration, make_client
from native_sessions.resources import FOUND, NATIVE_SESSIONS

from .stack import POOL, URL, Stack, event


class _Bucket(HTTPServer):
    """Takes what is put, with the given statuses one after another."""

    def __init__(self, statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = statuses
        self.seen: list[tuple[str, str | None, bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Bucket

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.server.statuses.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the test's output is its own."""


@pytest.fixture
def bucket() -> Iterator[_Bucket]:
    """A server of this test's own."""
    with _Bucket([200]) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_answer_is_put_as_it_was_signed(bucket: _Bucket) -> None:
    """The whole address with its query, and no content type, or S3 refuses the signature."""
    answer.put(f"http://127.0.0.1:{bucket.server_port}/a%7Cb?X-Amz-Signature=1%2F2", b"{}")
    assert bucket.seen == [("/a%7Cb?X-Amz-Signature=1%2F2", "", b"{}")]


def test_an_answer_that_did_not_arrive_is_an_error_without_the_address(bucket: _Bucket) -> None:
    """Lambda tries again; whoever reads the log cannot answer in our place."""
    bucket.statuses[:] = [403]
    with pytest.raises(answer.AnswerError) as caught:
        answer.put(f"http://127.0.0.1:{bucket.server_port}/a?secret", b"{}")
    assert str(caught.value) == "status 403"


def test_nobody_at_the_address_is_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that can't be made is told by its class."""
    monkeypatch.setattr(answer, "_RETRY", 0)
    with pytest.raises(answer.AnswerError, match=r"^MaxRetryError$"):
        answer.put("http://127.0.0.1:9/a?secret", b"{}")


def test_an_answer_repeats_what_identifies_the_request() -> None:
    """CloudFormation knows an answer by the three ids of its request."""
    stack = Stack()
    stack.deploy(2)
    for _, document in stack.answers:
        assert document["StackId"].endswith("stack/S/1")
        assert document["RequestId"] == "request-of-cloudformation"
        assert document["LogicalResourceId"] == "Resource"


def test_answers_fit() -> None:
    """An answer has 4,096 bytes at most, however much Cognito has to say."""
    request = read_request(event("Create", FOUND, UserPoolId=POOL))
    failure = answer.failure(request, "x" * 10_000, "id")
    assert len(failure) <= 4096
    assert json.loads(failure)["Reason"] == "x" * 2048
    assert json.loads(answer.success(request, Done("id")))["Data"] == {}


def test_a_surprise_is_answered_by_its_class() -> None:
    """Without any answer CloudFormation would wait until its own time-out."""
    stack = Stack()
    stack.cognito.refusals = [RuntimeError(URL)]
    _, failed = stack.deploy(2)
    assert (failed["Status"], failed["Reason"]) == ("FAILED", "RuntimeError")


def test_an_unreachable_cognito_is_answered() -> None:
    """The SDK's own errors are told by their class."""
    stack = Stack()
    stack.cognito.refusals = [ConnectTimeoutError(endpoint_url="https://cognito.example.com")]
    _, failed = stack.deploy(2)
    assert failed["Reason"] == "ConnectTimeoutError"


def test_the_log_tells_the_outcome_and_not_the_address() -> None:
    """One line for each request; nothing in it lets anybody answer."""
    stack = Stack()
    stack.deploy(101)
    first, second = (json.loads(line) for line in stack.log.getvalue().splitlines())
    assert (first["outcome"], first["resource_type"]) == ("done", FOUND)
    assert (second["outcome"], second["resource_type"]) == ("failed", NATIVE_SESSIONS)
    assert "MaxPerUser" in second["why"]
    assert "secret" not in stack.log.getvalue()


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {},
        event("Destroy", FOUND),
        event("Create", FOUND) | {"ResourceProperties": None},
        event("Create", FOUND) | {"ResponseURL": "file:///etc/passwd"},
    ],
)
def test_what_is_no_request_is_refused(broken: Any) -> None:
    """An event that nobody waits for an answer to is an error of the function's."""
    with pytest.raises(RequestError):
        read_request(broken)


def test_the_sdk_knows_both_operations() -> None:
    """The bundled SDK takes our parameters and understands Cognito's answers."""
    client = boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )
    stubber = Stubber(client)
    document = {
        "UserPoolId": POOL,
        "UserSessionTracking": "ENABLED",
        "TokenSession": {"MaxPerUser": 4},
    }
    stubber.add_response("get_user_pool_session_configuration", document, {"UserPoolId": POOL})
    stubber.add_response("set_user_pool_session_configuration", document, document)
    pools = Pools(client, pause=lambda seconds: None)  # type: ignore[arg-type]
    with stubber:
        found = pools.find(POOL)
        pools.configure(POOL, found)
    assert found == SessionConfiguration("ENABLED", 4)
    stubber.assert_no_pending_responses()
    client.close()


def test_the_handler_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry point hands the event over, with Lambda's name for the call."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    from native_sessions import handler  # noqa: PLC0415  # it reads the environment

    seen: list[tuple[Any, str]] = []
    monkeypatch.setattr(
        handler, "resources", SimpleNamespace(handle=lambda e, r: seen.append((e, r)))
    )
    handler.handler({"RequestType": "Create"}, SimpleNamespace(aws_request_id="1"))
    assert seen == [({"RequestType": "Create"}, "1")]


def test_the_client_is_cognitos() -> None:
    """The SDK client made at the start is for the function's own Region."""
    client: Any = make_client("eu-west-1")
    assert client.meta.endpoint_url == "https://cognito-idp.eu-west-1.amazonaws.com"
    client.close()
