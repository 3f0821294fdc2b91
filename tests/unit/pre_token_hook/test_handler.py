"""The entry point: wired once when it is imported, from the process environment."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType, SimpleNamespace

import pytest

from environment import SettingsError
from pre_token_hook.hook import SignInRefused
from tests.unit.pre_token_hook.triggers import version_1

_NAME = "pre_token_hook.handler"


def _import() -> ModuleType:
    sys.modules.pop(_NAME, None)
    try:
        return importlib.import_module(_NAME)
    finally:
        sys.modules.pop(_NAME, None)


def test_the_handler_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The handler is wired from the environment, and hands event and request id on."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    module = _import()
    context = SimpleNamespace(aws_request_id="request-1")
    event = version_1("TokenGeneration_RefreshTokens")
    assert module.handler(event, context) is event
    with pytest.raises(SignInRefused):
        module.handler({}, context)


def test_wrong_settings_stop_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook with wrong settings does not start."""
    monkeypatch.setenv("FAILURE_RULE", "ignore")
    with pytest.raises(SettingsError):
        _import()
