from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.aws.account import LocalAccount
from tests.rehearsal.deployment import Deployment, problems

_API = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "rehearsed"}}
_URI = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/x/invocations"


@pytest.fixture
def deployment(account: LocalAccount, tmp_path: Path) -> Deployment:
    """A stack to deploy."""
    return Deployment(account, tmp_path)


def _authorizer(ttl_seconds: int, kind: str = "REQUEST") -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::Authorizer",
        "Properties": {
            "Name": "sessions",
            "Type": kind,
            "RestApiId": {"Ref": "Api"},
            "AuthorizerUri": _URI,
            "IdentitySource": "method.request.header.Authorization",
            "AuthorizerResultTtlInSeconds": ttl_seconds,
        },
    }


def _gateway_response(header: str) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResponseType": "UNAUTHORIZED",
            "StatusCode": "401",
            "ResponseParameters": {f"gatewayresponse.header.{header}": "'x'"},
            "ResponseTemplates": {"application/json": "{}"},
        },
    }


def _method() -> dict[str, Any]:
    response = {"StatusCode": "200", "ResponseParameters": {"method.response.header.X": True}}
    return {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
            "HttpMethod": "GET",
            "AuthorizationType": "CUSTOM",
            "AuthorizerId": {"Ref": "Authorizer"},
            "MethodResponses": [response],
            "Integration": {
                "Type": "MOCK",
                "RequestTemplates": {"application/json": '{"statusCode":200}'},
                "IntegrationResponses": [
                    {
                        "StatusCode": "200",
                        "ResponseParameters": {"method.response.header.X": "'x'"},
                    }
                ],
            },
        },
    }


def _api(ttl_seconds: int) -> dict[str, Any]:
    stage = {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Deployment"}, "StageName": "v1"}
    return {
        # In an order in which nothing could be created.
        "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": stage},
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {"RestApiId": {"Ref": "Api"}},
            "DependsOn": ["Method"],
        },
        "Method": _method(),
        "Authorizer": _authorizer(ttl_seconds),
        "Unauthorized": _gateway_response("WWW-Authenticate"),
        "Api": _API,
    }


def test_api(deployment: Deployment) -> None:
    """An API with everything that hangs on it is created in the order of its references."""
    stack = deployment.deploy(_api(0), Url={"Fn::Sub": "https://${Api}/${Stage}"})
    assert problems(stack) == []
    assert stack.outputs["Url"].endswith("/v1")


def test_changed_ttl(deployment: Deployment) -> None:
    """A changed property changes the resource itself, and nothing else."""
    before = deployment.deploy(_api(0)).of_type("AWS::ApiGateway::Authorizer")
    stack = deployment.deploy(_api(30))
    assert problems(stack) == []
    assert stack.of_type("AWS::ApiGateway::Authorizer") == before
    assert stack.read("Authorizer")["authorizerResultTtlInSeconds"] == 30


def test_replacement(deployment: Deployment) -> None:
    """What cannot be changed is made anew, is referred to anew, and the old one goes."""
    before = deployment.deploy(_api(0))
    old = before.of_type("AWS::ApiGateway::Authorizer")["Authorizer"]
    resources = _api(0) | {"Authorizer": _authorizer(0, kind="TOKEN")}
    stack = deployment.deploy(resources)
    new = stack.of_type("AWS::ApiGateway::Authorizer")["Authorizer"]
    assert new != old
    assert stack.read("Method")["authorizerId"] == new
    assert problems(stack) == []


def test_removed_resource(deployment: Deployment) -> None:
    """What the new template does not have is deleted."""
    before = deployment.deploy(_api(0))
    resources = _api(0)
    del resources["Unauthorized"]
    deployment.deploy(resources)
    remainders = {row.logical_id: row.problems for row in before.remainders()}
    assert remainders["Unauthorized"] == ()
    assert remainders["Authorizer"] == ("is still there",)


def test_destroyed(deployment: Deployment) -> None:
    """A deleted stack leaves what it retains, and nothing else."""
    resources = _api(0) | {
        "Log": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"RetentionInDays": 7},
            "DeletionPolicy": "Retain",
        }
    }
    stack = deployment.deploy(resources)
    deployment.destroy()
    assert [row for row in stack.remainders() if row.problems] == []


def test_difference_is_seen(deployment: Deployment, account: LocalAccount) -> None:
    """What somebody changed behind CloudFormation's back is a problem with both values."""
    stack = deployment.deploy(_api(0))
    account.clients.of("apigateway").update_authorizer(
        restApiId=stack.of_type("AWS::ApiGateway::RestApi")["Api"],
        authorizerId=stack.of_type("AWS::ApiGateway::Authorizer")["Authorizer"],
        patchOperations=[
            {"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "300"}
        ],
    )
    assert problems(stack) == ["Authorizer: AuthorizerResultTtlInSeconds should be 0 and is 300"]


def test_unknown_type(deployment: Deployment) -> None:
    """A type that nobody knows fails the stack, and reading back says so once more."""
    stack = deployment.deploy({"Queue": {"Type": "AWS::MSK::Cluster"}})
    assert stack.status == "CREATE_FAILED"
    assert problems(stack) == ["Queue: nobody knows how to read this type back"]


def test_unknown_property(deployment: Deployment) -> None:
    """A property that the service does not take fails the stack, and is not dropped."""
    authorizer = _authorizer(0)
    authorizer["Properties"]["Flavour"] = "strong"
    assert deployment.deploy({"Api": _API, "Authorizer": authorizer}).status == "CREATE_FAILED"


def test_a_stack_takes_the_name_of_a_deleted_one(account: LocalAccount) -> None:
    """The change set of a stack that is gone is not taken for that of its successor."""
    client = account.clients.of("cloudformation")
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    for _ in range(2):
        client.create_change_set(
            StackName="Successor",
            ChangeSetName="change",
            ChangeSetType="CREATE",
            TemplateBody=template,
        )
        client.execute_change_set(StackName="Successor", ChangeSetName="change")
        (stack,) = client.describe_stacks(StackName="Successor")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        client.delete_stack(StackName="Successor")
