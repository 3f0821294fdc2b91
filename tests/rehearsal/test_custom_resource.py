from __future__ import annotations

import json
import ssl
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.aws.account import LocalAccount
from tests.rehearsal.deployment import Deployment, problems


class _Function:
    """Answers as a custom resource's function does, and remembers what it was asked."""

    def __init__(self, account: LocalAccount) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {"Status": "SUCCESS", "Data": {"Holder": "nobody"}}
        self._trusted = ssl.create_default_context(cafile=account.answers.certificate)
        account.call_function = self

    def __call__(self, function_arn: str, event: dict[str, Any]) -> None:
        assert function_arn == "arn:own"
        self.requests.append(event)
        document = self.answer | {"PhysicalResourceId": event["ResourceProperties"]["Pool"]}
        request = urllib.request.Request(
            event["ResponseURL"], data=json.dumps(document).encode(), method="PUT"
        )
        urllib.request.urlopen(request, context=self._trusted).close()


@pytest.fixture
def function(account: LocalAccount) -> _Function:
    """What is behind the ARN."""
    return _Function(account)


@pytest.fixture
def deployment(account: LocalAccount, tmp_path: Path) -> Deployment:
    """A stack to deploy."""
    return Deployment(account, tmp_path)


def _resources(pool: str, limit: int = 1) -> dict[str, Any]:
    return {
        "Trigger": {
            "Type": "Custom::Trigger",
            "Properties": {"ServiceToken": "arn:own", "Pool": pool, "Limit": limit},
        }
    }


def test_life(deployment: Deployment, function: _Function) -> None:
    """It is created, changed and deleted by requests, whose properties are text."""
    stack = deployment.deploy(
        _resources("one"), Holder={"Fn::GetAtt": ["Trigger", "Holder"]}, Id={"Ref": "Trigger"}
    )
    assert dict(stack.outputs) == {"Holder": "nobody", "Id": "one"}
    deployment.deploy(_resources("one", limit=2))
    deployment.destroy()
    created, updated, deleted = function.requests
    assert [request["RequestType"] for request in function.requests] == [
        "Create",
        "Update",
        "Delete",
    ]
    assert created["ResourceProperties"]["Limit"] == "1"
    assert updated["OldResourceProperties"]["Limit"] == "1"
    assert updated["ResourceProperties"]["Limit"] == "2"
    assert deleted["PhysicalResourceId"] == "one"
    assert deleted["ResourceType"] == "Custom::Trigger"


def test_other_id(deployment: Deployment, function: _Function) -> None:
    """An update that is answered with another id has the old one deleted."""
    deployment.deploy(_resources("one"))
    stack = deployment.deploy(_resources("two"))
    assert [
        (request["RequestType"], request.get("PhysicalResourceId")) for request in function.requests
    ] == [("Create", None), ("Update", "one"), ("Delete", "one")]
    assert stack.of_type("Custom::Trigger") == {"Trigger": "two"}


def test_failure(deployment: Deployment, function: _Function) -> None:
    """A function that says it failed fails the stack."""
    function.answer = {"Status": "FAILED", "Reason": "another function holds the trigger"}
    stack = deployment.deploy(_resources("one"))
    assert stack.status == "CREATE_FAILED"
    assert problems(stack)[0] == "Trigger: was not created"


def test_silence(deployment: Deployment, account: LocalAccount) -> None:
    """A function that does not answer fails the stack."""
    account.call_function = lambda *_: None
    assert deployment.deploy(_resources("one")).status == "CREATE_FAILED"
