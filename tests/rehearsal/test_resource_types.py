from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from local.aws.account import LocalAccount
from tests.rehearsal.deployment import Deployment, problems
from tests.rehearsal.functions import asset

_ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                }
            ],
        },
        "ManagedPolicyArns": [
            "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        ],
    },
}


@pytest.fixture
def deployment(account: LocalAccount, tmp_path: Path) -> Deployment:
    """A stack to deploy."""
    return Deployment(account, tmp_path)


def _function(code: dict[str, str], **variables: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": code,
            "Handler": "index.handler",
            "Runtime": "python3.14",
            "Architectures": ["arm64"],
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "MemorySize": 256,
            "Timeout": 4,
            "Environment": {"Variables": variables or {"A": "1"}},
        },
    }


def _pool(*, with_trigger: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
        "MfaConfiguration": "OPTIONAL",
        "UsernameAttributes": ["email"],
        "DeletionProtection": "INACTIVE",
    }
    if with_trigger:
        properties["LambdaConfig"] = {"PreTokenGeneration": {"Fn::GetAtt": ["Hook", "Arn"]}}
    return {"Type": "AWS::Cognito::UserPool", "Properties": properties}


def test_function(deployment: Deployment, account: LocalAccount) -> None:
    """A function changes code and environment in place, and both are read back."""
    resources = {"Role": _ROLE, "Hook": _function(asset(account, "one"), A="1")}
    before = deployment.deploy(resources)
    assert problems(before) == []
    resources["Hook"] = _function(asset(account, "two"), B="2")
    after = deployment.deploy(resources)
    assert problems(after) == []
    assert after.of_type("AWS::Lambda::Function") == before.of_type("AWS::Lambda::Function")
    assert after.read("Hook")["Environment"]["Variables"] == {"B": "2"}


def test_other_code(deployment: Deployment, account: LocalAccount) -> None:
    """Code that is not the template's asset is a problem."""
    meant = asset(account, "meant")
    stack = deployment.deploy({"Role": _ROLE, "Hook": _function(meant)})
    account.clients.of("lambda").update_function_code(
        FunctionName=stack.of_type("AWS::Lambda::Function")["Hook"],
        **asset(account, "another"),
    )
    (problem,) = problems(stack)
    assert problem.startswith("Hook: Code should be")


def test_permission(deployment: Deployment, account: LocalAccount) -> None:
    """A permission is a statement of the function's policy, with principal and source."""
    permission = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Fn::GetAtt": ["Hook", "Arn"]},
            "Principal": "cognito-idp.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": ["Pool", "Arn"]},
        },
    }
    stack = deployment.deploy(
        {
            "Permission": permission,
            "Pool": _pool(with_trigger=True),
            "Hook": _function(asset(account, "hook")),
            "Role": _ROLE,
        }
    )
    assert problems(stack) == []


def test_trigger_taken_away(deployment: Deployment, account: LocalAccount) -> None:
    """A pool loses its trigger when the template does."""
    resources = {
        "Role": _ROLE,
        "Hook": _function(asset(account, "hook")),
        "Pool": _pool(with_trigger=True),
    }
    before = deployment.deploy(resources).read("Pool")
    after = deployment.deploy(resources | {"Pool": _pool(with_trigger=False)})
    assert before["LambdaConfig"]
    assert problems(after) == []
    assert not after.read("Pool").get("LambdaConfig")


def test_table_rule_and_parameter(deployment: Deployment, account: LocalAccount) -> None:
    """What moto's own types forget, such as the table's expiry, is kept and read back."""
    resources = {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["aws.cognito-idp"]},
                "State": "ENABLED",
                "Targets": [{"Id": "Target0", "Arn": {"Fn::GetAtt": ["Hook", "Arn"]}}],
            },
        },
        "Hook": _function(asset(account, "feed")),
        "Role": _ROLE,
        "Parameter": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": f"/{uuid.uuid4().hex}/table",
                "Type": "String",
                "Value": {"Ref": "Table"},
            },
        },
    }
    stack = deployment.deploy(resources)
    assert problems(stack) == []
    deployment.destroy()
    assert [row for row in stack.remainders() if row.problems] == []


def test_changed_parameter(deployment: Deployment) -> None:
    """A parameter keeps its name when its value changes."""
    parameter = {"Name": f"/{uuid.uuid4().hex}/delay", "Type": "String", "Value": "15"}
    deployment.deploy({"Delay": {"Type": "AWS::SSM::Parameter", "Properties": parameter}})
    changed = {"Type": "AWS::SSM::Parameter", "Properties": parameter | {"Value": "45"}}
    stack = deployment.deploy({"Delay": changed})
    assert problems(stack) == []
    assert stack.read("Delay")["Value"] == "45"
