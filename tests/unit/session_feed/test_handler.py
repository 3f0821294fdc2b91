"""The entry point that Lambda loads."""

from __future__ import annotations

import importlib
import json
import sys
from types import SimpleNamespace

import pytest

from environment import SettingsError
from tests.unit.session_feed.bench import ENVIRONMENT, event


def test_the_handler_hands_on_event_and_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It reads its settings from the process environment and logs Lambda's request id."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "session_feed.handler", raising=False)
    module = importlib.import_module("session_feed.handler")
    context = SimpleNamespace(aws_request_id="request-7")
    assert module.handler(event(errorCode="AccessDenied"), context) is None
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["request_id"] for line in lines if "request_id" in line] == ["request-7"]


def test_wrong_settings_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its pool and its table the feed does not start."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delitem(sys.modules, "session_feed.handler", raising=False)
    with pytest.raises(SettingsError):
        importlib.import_module("session_feed.handler")
