"""The entry points, imported as Lambda does."""

from __future__ import annotations

import importlib
import json
import sys
from types import SimpleNamespace

import pytest

from receivers.transmitters import Kind
from tests.tokens import POOL_ID
from tests.unit.receivers.bench import ENDPOINT, ISSUER, TRANSMITTER


@pytest.mark.parametrize("kind", list(Kind))
def test_a_handler_answers(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings come from the environment, the request's id from Lambda; the service is the kind."""
    stated = {"issuer": ISSUER, "cognitoUser": "username"} | TRANSMITTER[kind]
    more = {"authorizationParameter": "/x"} if kind is Kind.SECURITY_EVENTS else {}
    environment = {
        "TRANSMITTERS": json.dumps([stated | more]),
        "LEDGER_TABLE": "t",
        "ENDPOINT_URL": ENDPOINT,
        "USER_POOL_ID": POOL_ID,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    name = f"receivers.handlers.{kind}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module(name)
    monkeypatch.delitem(sys.modules, name)
    answer = module.handler({"httpMethod": "GET"}, SimpleNamespace(aws_request_id="request-1"))
    assert answer["statusCode"] == 400
    written = capsys.readouterr().out
    assert '"request_id":"request-1"' in written
    assert f'"service":"{kind}"' in written
