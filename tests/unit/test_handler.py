"""The entry point: wired once when it is imported, from the process environment."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType, SimpleNamespace

import pytest

from authorizer.response import Unauthorized, Unavailable
from environment import SettingsError
from tests.events import http_v2, rest_request
from tests.sandbox import ENVIRONMENT

_NAME = "authorizer.handler"


def _import() -> ModuleType:
    sys.modules.pop(_NAME, None)
    try:
        return importlib.import_module(_NAME)
    finally:
        sys.modules.pop(_NAME, None)


def test_the_handler_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The handler is wired from the environment, and answers in the gateway's forms."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module = _import()
    context = SimpleNamespace(aws_request_id="request-1")
    with pytest.raises(Unauthorized):
        module.handler(rest_request("Bearer forged"), context)
    with pytest.raises(Unavailable):
        module.handler({}, context)
    assert module.handler(http_v2("Bearer forged"), context) == {"errorMessage": "Unauthorized"}


def test_wrong_settings_stop_the_import() -> None:
    """An authorizer without settings does not start, and says which ones are missing."""
    with pytest.raises(SettingsError) as raised:
        _import()
    names = [problem.partition(":")[0] for problem in raised.value.problems]
    assert {"ISSUERS", "CLIENT_IDS"} <= set(names)
