"""The SDK's client, and what it would drop of a pool's settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from pool_trigger.sdk import UNKNOWN, make_client

from .every_setting import HOOK, POOL
from .stack import Stack

CONFIG = {"PreSignUp": HOOK}


class Cognito:
    """Answers as it is told, below the SDK's parser."""

    def __init__(self, client: Any) -> None:
        self.pool: dict[str, Any] = {"Id": POOL, "LambdaConfig": CONFIG}
        self.status = 200
        self.sent: list[str] = []
        client.meta.events.register("before-send", self)

    def __call__(self, request: Any, **_more: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().split(".")[1]
        self.sent.append(operation)
        if operation == "UpdateUserPool":
            self.pool["LambdaConfig"] = json.loads(request.body)["LambdaConfig"]
        body = json.dumps({"UserPool": self.pool}) if self.status == 200 else "<html>"
        raw = SimpleNamespace(stream=lambda: iter([body.encode()]))
        return AWSResponse(request.url, self.status, HTTPHeaders(), raw)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The function's own client, for its Region."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    made: Any = make_client("eu-west-1")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("more", "paths"),
    [
        ({}, []),
        ({"Future": {"On": True}}, ["Future"]),
        ({"Future": False, "Status": None}, ["Future"]),
        ({"Policies": {"PasswordPolicy": {"Future": 1}}}, ["Policies.PasswordPolicy.Future"]),
        (
            {"AccountRecoverySetting": {"RecoveryMechanisms": [{"Future": "x"}]}},
            ["AccountRecoverySetting.RecoveryMechanisms.Future"],
        ),
        ({"UserPoolTags": {"Future": "x"}}, []),
        ({"Future": None, "Next": {}, "Third": "", "Fourth": []}, []),
    ],
)
def test_what_the_model_lacks_is_noted(client: Any, more: Any, paths: list[str]) -> None:
    """At any depth, unless it says nothing; names of tags are no settings."""
    Cognito(client).pool |= more
    answer = client.describe_user_pool(UserPoolId=POOL)
    assert answer[UNKNOWN] == paths
    assert answer["UserPool"]["Id"] == POOL


def test_a_setting_that_the_model_lacks_stops_the_write(client: Any) -> None:
    """Cognito has learnt something since this function was built: nothing is reset."""
    cognito = Cognito(client)
    cognito.pool["Policies"] = {"FuturePolicy": {"On": True}}
    _, failed = Stack(client=client).deploy()
    assert "Policies.FuturePolicy" in failed["Reason"]
    assert "Nothing was changed" in failed["Reason"]
    assert "UpdateUserPool" not in cognito.sent


def test_where_nothing_is_to_be_written_nothing_stops(client: Any) -> None:
    """A trigger that was freed by hand can be deleted, whatever else the pool has."""
    cognito = Cognito(client)
    stack = Stack(client=client)
    found, created = stack.deploy()
    assert created["Status"] == "SUCCESS"
    cognito.pool |= {"Future": True, "LambdaConfig": CONFIG}
    assert stack.delete(found, created)["Status"] == "SUCCESS"


def test_a_refusal_is_no_pool(client: Any) -> None:
    """An error goes the SDK's usual way, whatever it looks like."""
    Cognito(client).status = 400
    with pytest.raises(client.exceptions.ClientError):
        client.describe_user_pool(UserPoolId=POOL)


def test_the_client_is_cognitos(client: Any) -> None:
    """It is for the function's own Region."""
    assert client.meta.endpoint_url == "https://cognito-idp.eu-west-1.amazonaws.com"


def test_the_handler_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry point hands the event over, with Lambda's name for the call."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    from pool_trigger import handler  # noqa: PLC0415  # it reads the environment

    seen: list[tuple[Any, str]] = []
    monkeypatch.setattr(
        handler, "resources", SimpleNamespace(handle=lambda e, r: seen.append((e, r)))
    )
    handler.handler({"RequestType": "Create"}, SimpleNamespace(aws_request_id="1"))
    assert seen == [({"RequestType": "Create"}, "1")]
