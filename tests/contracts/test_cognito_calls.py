"""Calls of Cognito against what AWS's own SDK sends and knows."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from cognito.errors import KNOWN_CODES
from tests.tokens import POOL_ID
from tests.unit.cognito.line import DONE, Line
from transport import Deadline
from transport.sigv4 import Credentials

MODEL = botocore.session.get_session().get_service_model("cognito-idp")
_KEYS = Credentials("AKID", "secret", "token")


#: Every operation that a function calls, with arguments as it gives them.
OPERATIONS: dict[str, dict[str, str]] = {
    "AdminGetUser": {"UserPoolId": POOL_ID, "Username": 'Ädä "\\" 🦉'},
    "AdminUserGlobalSignOut": {"UserPoolId": POOL_ID, "Username": "a@b.c"},
    "DescribeUserPoolClient": {"UserPoolId": POOL_ID, "ClientId": "client1"},
    "GlobalSignOut": {"AccessToken": "a.b.c"},
    "RevokeToken": {
        "Token": "a.b.c",
        "ClientId": "client1",
        "ClientSecret": "s+/=" * 6,
        "RevokeAssociatedSessions": "LINKED",
    },
}


def by_the_sdk(region: str, operation: str) -> Any:
    """The request that boto3 sends."""
    sent: list[Any] = []

    def keep(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        raw = SimpleNamespace(stream=lambda: iter([b"{}"]))
        return AWSResponse(request.url, 200, HTTPHeaders(), raw)

    client: Any = boto3.client(
        "cognito-idp",
        region_name=region,
        aws_access_key_id=_KEYS.access_key_id,
        aws_secret_access_key=_KEYS.secret_access_key,
        aws_session_token=_KEYS.session_token,
    )
    client.meta.events.register("before-send", keep)
    getattr(client, xform_name(operation))(**OPERATIONS[operation])
    client.close()
    [request] = sent
    return request


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_call_is_the_sdks(region: str, operation: str) -> None:
    """Address, target, body and what of it is signed are what botocore makes of the model."""
    line = Line([DONE])
    calls = line.calls(region, max_attempts=1)
    calls(operation, OPERATIONS[operation], Deadline.after(3, line.monotonic))
    [sent] = line.sent
    headers = {name.lower(): value for name, value in sent["headers"].items()}
    sdks = by_the_sdk(region, operation)
    theirs = {name.lower(): _text(value) for name, value in sdks.headers.items()}
    assert (sent["method"], sent["url"]) == (sdks.method, sdks.url)
    assert json.loads(sent["body"]) == json.loads(sdks.body)
    for name in ("content-type", "x-amz-target"):
        assert headers[name] == theirs[name]
    assert headers["host"] == urlsplit(sdks.url).netloc
    assert _scope(headers.get("authorization")) == _scope(theirs.get("authorization"))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_modelled_error_is_told_by_its_name(operation: str) -> None:
    """What AWS declares for an operation stands in the log as it is."""
    shapes = MODEL.operation_model(operation).error_shapes
    modelled = {shape.name for shape in shapes}
    assert modelled <= KNOWN_CODES


@pytest.mark.parametrize("operation", ["AdminUserGlobalSignOut", "GlobalSignOut", "RevokeToken"])
def test_a_success_still_says_nothing(operation: str) -> None:
    """There is no member in the answer by which it could be known."""
    shape = MODEL.operation_model(operation).output_shape
    assert shape is not None
    assert shape.members == {}


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _scope(authorization: str | None) -> str | None:
    """Region and service that a signature is for; None without one."""
    if authorization is None:
        return None
    found = re.search(r"Credential=AKID/\d{8}/(\S+?),", authorization)
    assert found is not None
    return found[1]
