"""The hook's call of AdminUserGlobalSignOut against what AWS's own SDK sends and knows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from ledger.sigv4 import Credentials
from pre_token_hook.cognito import KNOWN_CODES
from pre_token_hook.wiring import wire
from tests.tokens import POOL_ID
from tests.unit.pre_token_hook.triggers import version_1
from transport import Answer, Deadline

MODEL = botocore.session.get_session().get_service_model("cognito-idp")
_KEYS = Credentials("AKID", "secret", "token")


class _Line:
    """A transport that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Mapping[str, str], bytes | None]] = []

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        assert max_bytes > 0
        assert deadline.remaining_seconds() > 0
        self.sent.append((method, url, headers, body))
        return Answer(200, b"{}", "request-1")


def by_the_sdk(region: str, username: str) -> Any:
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
    client.admin_user_global_sign_out(UserPoolId=POOL_ID, Username=username)
    client.close()
    [request] = sent
    return request


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize("username", ["ada", 'Ädä "\\" 🦉', "a@b.c"])
def test_the_call_is_the_sdks(region: str, username: str) -> None:
    """Address, target, body and what of it is signed are what botocore makes of the model."""
    line, environ = _Line(), {"AWS_REGION": region, "AWS_ACCESS_KEY_ID": "AKID"}
    hook = wire(environ, transport=line, service=f"call-{region}-{username}")
    hook.handle(version_1() | {"userName": username})
    [(method, url, headers, body)] = line.sent
    sdks = by_the_sdk(region, username)
    theirs = {name.lower(): _text(value) for name, value in sdks.headers.items()}
    assert (method, url) == (sdks.method, sdks.url)
    assert json.loads(body or b"") == json.loads(sdks.body)
    for name in ("content-type", "x-amz-target"):
        assert headers[name] == theirs[name]
    assert headers["host"] == urlsplit(sdks.url).netloc
    assert _scope(headers["authorization"]) == _scope(theirs["authorization"])


def test_every_modelled_error_is_told_by_its_name() -> None:
    """What AWS declares for the operation stands in the log as it is."""
    shapes = MODEL.operation_model("AdminUserGlobalSignOut").error_shapes
    assert {shape.name for shape in shapes} <= KNOWN_CODES


def test_a_success_still_says_nothing() -> None:
    """There is no member in the answer by which it could be known."""
    shape = MODEL.operation_model("AdminUserGlobalSignOut").output_shape
    assert shape is not None
    assert shape.members == {}


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _scope(authorization: str) -> str:
    """Region and service that a signature is for."""
    found = re.search(r"Credential=AKID/\d{8}/(\S+?),", authorization)
    assert found is not None
    return found[1]
