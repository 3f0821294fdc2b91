"""One test for each mistake seen in other products, named after it: hook, time-outs and tests."""

from __future__ import annotations

import ast
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from pre_token_hook.hook import SignInRefused
from pre_token_hook.trigger import Trigger
from pre_token_hook.wiring import wire as wire_hook
from tests.tokens import CLIENT_ID
from transport import Deadline, TransportError
from transport.https import HttpsTransport


def _trigger(source: str) -> dict[str, Any]:
    return {
        "version": "2",
        "triggerSource": source,
        "userPoolId": "eu-west-1_Pool1",
        "userName": "ada",
        "callerContext": {"clientId": CLIENT_ID},
        "request": {},
        "response": {},
    }


def test_sign_out_on_the_refresh_trigger() -> None:
    """A refresh signs nobody out."""
    signed_out: list[Trigger] = []

    def sign_out(trigger: Trigger) -> None:
        signed_out.append(trigger)

    hook = wire_hook({}, sign_out=sign_out, service="peer-refresh")
    hook.handle(_trigger("TokenGeneration_RefreshTokens"))
    assert signed_out == []


def test_sign_out_not_awaited() -> None:
    """The hook returns after the sign-out has been answered, so a failure fails the sign-in."""
    order: list[str] = []

    def sign_out(trigger: Trigger) -> None:
        order.append("signed out")

    wire_hook({}, sign_out=sign_out, service="peer-await").handle(
        _trigger("TokenGeneration_Authentication")
    )
    order.append("returned")
    assert order == ["signed out", "returned"]


def test_milliseconds_taken_for_seconds() -> None:
    """A time-out of fifty milliseconds ends a silent connection within a second."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = HttpsTransport(connect_timeout_ms=50, read_timeout_ms=50, clock=time.monotonic)
        started = time.monotonic()
        with pytest.raises(TransportError):
            transport.request(
                "GET",
                f"http://127.0.0.1:{silent.getsockname()[1]}/",
                headers={},
                body=None,
                max_bytes=1,
                deadline=Deadline.after(60, time.monotonic),
            )
    assert time.monotonic() - started < 1


def test_milliseconds_taken_for_seconds_by_the_hook() -> None:
    """A Cognito that keeps silent is given up after fifty milliseconds and not fifty seconds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environ = {
            "AWS_ACCESS_KEY_ID": "AKID",
            "LOCAL_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "CONNECT_TIMEOUT_MS": "50",
            "READ_TIMEOUT_MS": "50",
            "MAX_ATTEMPTS": "1",
        }
        started = time.monotonic()
        with pytest.raises(SignInRefused):
            wire_hook(environ, service="peer-units").handle(
                _trigger("TokenGeneration_Authentication")
            )
    assert time.monotonic() - started < 1


def test_an_assert_after_the_raising_line() -> None:
    """No test asserts inside the block that is left by its own exception."""
    root = Path(__file__).parents[1]
    wrong = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.With)
        and any("pytest.raises" in ast.unparse(item.context_expr) for item in node.items)
        and any(isinstance(inner, ast.Assert) for inner in ast.walk(node))
    ]
    assert wrong == []
