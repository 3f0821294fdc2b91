"""Cognito's AdminUserGlobalSignOut, by the SDK: what is sent, and what each answer means."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from pre_token_hook.hook import SignInRefused
from pre_token_hook.settings import Settings
from pre_token_hook.sign_out import AdminUserGlobalSignOut, SignOutError, make_client
from pre_token_hook.trigger import Trigger
from pre_token_hook.wiring import wire
from tests.tokens import CLIENT_ID, POOL_ID
from tests.unit.pre_token_hook.triggers import SIGN_IN, SUBJECT, USERNAME, version_1

_TRIGGER = Trigger(SIGN_IN, POOL_ID, USERNAME, SUBJECT, CLIENT_ID, frozenset())


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


class _Cognito(HTTPServer):
    """Answers every request alike, or not at all, and remembers what was asked."""

    status = 200
    body = b"{}"
    is_silent = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, Any]] = []
        self.may_end = threading.Event()

    @property
    def settings(self) -> dict[str, str]:
        """The hook's environment on this Cognito, with one attempt and short time-outs."""
        return {
            "LOCAL_ENDPOINT": f"http://127.0.0.1:{self.server_port}",
            "MAX_ATTEMPTS": "1",
            "READ_TIMEOUT_MS": "500",
        }


class _Handler(BaseHTTPRequestHandler):
    server: _Cognito

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.headers["X-Amz-Target"], json.loads(text)))
        if self.server.is_silent:
            self.server.may_end.wait(5)
            return
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the test's output is its own."""


@pytest.fixture
def cognito() -> Iterator[_Cognito]:
    """A server of this test's own."""
    with _Cognito() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.may_end.set()
        server.shutdown()
        thread.join()


def _sign_out(environ: dict[str, str]) -> None:
    client = make_client(Settings.from_env(environ), "eu-west-1")
    try:
        AdminUserGlobalSignOut(client)(_TRIGGER)
    finally:
        client.close()


def test_the_user_is_signed_out_by_name(cognito: _Cognito) -> None:
    """One signed request names the pool and the user, and nothing else."""
    _sign_out(cognito.settings)
    assert cognito.seen == [
        (
            "AWSCognitoIdentityProviderService.AdminUserGlobalSignOut",
            {"UserPoolId": POOL_ID, "Username": USERNAME},
        )
    ]


@pytest.mark.parametrize("status", [400, 500, 503])
def test_throttling_is_told_by_its_code(cognito: _Cognito, status: int) -> None:
    """Cognito's error code is passed on, and none of its text; no further attempt is made."""
    cognito.status = status
    cognito.body = b'{"__type":"TooManyRequestsException","message":"Rate exceeded"}'
    with pytest.raises(SignOutError) as raised:
        _sign_out(cognito.settings)
    assert (raised.value.code, str(raised.value)) == ("TooManyRequestsException",) * 2
    assert raised.value.__suppress_context__ is True
    assert len(cognito.seen) == 1


def test_silence_ends_with_the_time_out(cognito: _Cognito) -> None:
    """A Cognito that says nothing is given up after the read time-out."""
    cognito.is_silent = True
    with pytest.raises(SignOutError) as raised:
        _sign_out(cognito.settings | {"READ_TIMEOUT_MS": "50"})
    assert raised.value.code == "ReadTimeoutError"


def test_a_closed_port_is_a_failure(cognito: _Cognito) -> None:
    """A Cognito that is not there is a failure by its class."""
    cognito.shutdown()
    cognito.server_close()
    with pytest.raises(SignOutError) as raised:
        _sign_out(cognito.settings)
    assert raised.value.code == "EndpointConnectionError"


@pytest.mark.parametrize(
    "code",
    [
        "TooManyRequestsException",
        "NotAuthorizedException",
        "UserNotFoundException",
        "ResourceNotFoundException",
        "InternalErrorException",
        "AccessDeniedException",
        "",
    ],
)
def test_every_error_is_a_failure(code: str) -> None:
    """Whatever Cognito answers instead of a success, the sessions may live on."""
    client = make_client(Settings.from_env({}), "eu-west-1")
    with Stubber(client) as stub:
        stub.add_client_error("admin_user_global_sign_out", code, f"about {USERNAME}")
        with pytest.raises(SignOutError) as raised:
            AdminUserGlobalSignOut(client)(_TRIGGER)
    assert (raised.value.code, raised.value.__suppress_context__) == (code, True)


def test_a_request_that_the_sdk_refuses_is_a_failure() -> None:
    """A parameter that the SDK will not send is a failure by its class."""
    client = make_client(Settings.from_env({}), "eu-west-1")
    with pytest.raises(SignOutError) as raised:
        AdminUserGlobalSignOut(client)(Trigger(SIGN_IN, "", "", "", "", frozenset()))
    assert raised.value.code == "ParamValidationError"


def test_missing_credentials_are_a_failure(
    cognito: _Cognito, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Without credentials nothing is sent, and the sign-in is treated like any other failure."""
    # The SDK's own session keeps the credentials that it found first.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(SignOutError) as raised:
        _sign_out(cognito.settings)
    assert raised.value.code == "NoCredentialsError"
    assert cognito.seen == []


def test_the_client_gives_up_in_time() -> None:
    """The SDK is told the settings' time-outs in its own unit, and to try no more than they say."""
    settings = Settings.from_env(
        {"CONNECT_TIMEOUT_MS": "250", "READ_TIMEOUT_MS": "750", "MAX_ATTEMPTS": "2"}
    )
    config: Any = make_client(settings, "eu-west-1").meta.config
    assert (config.connect_timeout, config.read_timeout) == (0.25, 0.75)
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}


def test_the_wired_hook_calls_cognito(cognito: _Cognito) -> None:
    """From the event to Cognito's operation and back, with nothing in between replaced."""
    hook = wire(cognito.settings, service="pre_token_hook-wired")
    event = version_1()
    assert hook.handle(event) is event
    assert [body["Username"] for _, body in cognito.seen] == [USERNAME]
    cognito.status, cognito.body = 400, b'{"__type":"TooManyRequestsException"}'
    with pytest.raises(SignInRefused):
        hook.handle(event)
    assert len(cognito.seen) == 2
