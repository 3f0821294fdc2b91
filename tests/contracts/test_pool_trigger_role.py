"""The role of the function that attaches the hook to an existing pool allows what it calls."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk.assertions import Template
from moto import mock_aws

from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack
from pool_trigger.resources import TRIGGER
from tests.infra.conftest import CONTEXT, resources
from tests.unit.pool_trigger.every_setting import HOOK
from tests.unit.pool_trigger.stack import Stack


def seen_calls(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """IAM actions of all calls that attaching and detaching make, through the real SDK."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    seen: set[str] = set()

    def note(model: Any, **_: Any) -> None:
        seen.add(f"cognito-idp:{model.name}")

    with mock_aws():
        client = boto3.client("cognito-idp", region_name="eu-west-1")
        pool = client.create_user_pool(PoolName="Users")["UserPool"]["Id"]
        client.meta.events.register("before-call.cognito-idp", note)
        sdk: Any = client
        stack = Stack(client=sdk)
        found, created = stack.deploy("refuse", pool)
        assert created["Status"] == "SUCCESS"
        gone = stack.request(
            "Delete",
            TRIGGER,
            pool,
            UserPoolId=pool,
            HookArn=HOOK,
            FoundHolder=found["Data"]["Holder"],
        )
        assert gone["Status"] == "SUCCESS"
        client.close()
    return seen


def test_it_may_do_what_it_calls_on_its_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside writing its log, the two operations on the pool and nothing else."""
    settings = {
        "existingUserPoolId": "eu-west-1_Existing",
        "userPoolClientIds": "web",
        "sessionMode": "hook",
    }
    app = cdk.App(context={**CONTEXT, "authorizer": settings})
    deployment = DeploymentSettings.from_context(app.node.get_all_context())
    template = Template.from_stack(SessionAuthorizerStack(app, deployment))
    functions = resources(template, "AWS::Lambda::Function").values()
    (function,) = [f for f in functions if f["Handler"].startswith("pool_trigger.")]
    role = function["Role"]["Fn::GetAtt"][0]
    statements = [
        statement
        for policy in resources(template, "AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    about_cognito = [s for s in statements if "cognito-idp" in str(s["Action"])]
    others = [s["Action"] for s in statements if s not in about_cognito]
    (on_the_pool,) = about_cognito
    assert set(on_the_pool["Action"]) == seen_calls(monkeypatch)
    assert "userpool/eu-west-1_Existing" in str(on_the_pool["Resource"])
    assert others == [["logs:CreateLogStream", "logs:PutLogEvents"]]
