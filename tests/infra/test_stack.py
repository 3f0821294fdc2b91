"""The template of this app's stack: what is deployed, and what it may do."""

from __future__ import annotations

import json

import pytest
from aws_cdk.assertions import Annotations, Match, Template

from infra.example_api import ACCESS_LOG_FIELDS
from infra.exports import Export, parameter_name

from .conftest import EXISTING_POOL, MakeStack, only, resources, statements, writes_log


def test_outputs_have_stable_names(new_pool: Template, existing_pool: Template) -> None:
    """Scripts find what they need by name, in both kinds of deployment."""
    names = {
        "ApiUrl",
        "UserPoolId",
        "UserPoolClientIds",
        "AuthorizerFunctionArn",
        "RevocationDelaySeconds",
        "StrictRevocationDelaySeconds",
        "MaximumRevocationDelaySeconds",
        "SingleSessionHookArn",
        "LedgerTableName",
        "PushedRevocationDelaySeconds",
        "StrictPushedRevocationDelaySeconds",
        "RevocationFeedDeadLettersUrl",
        "OperatorLogGroupName",
        "DashboardUrl",
    }
    assert set(new_pool.find_outputs("*")) == names
    assert set(existing_pool.find_outputs("*")) == names


def test_attached_stacks_find_parameters(new_pool: Template, existing_pool: Template) -> None:
    """What other stacks read stands below the stack's name, in both kinds of deployment."""
    names = {parameter_name("CognitoSessionAuthorizer", export) for export in Export}
    for template in (new_pool, existing_pool):
        parameters = resources(template, "AWS::SSM::Parameter").values()
        assert {parameter["Name"] for parameter in parameters} == names


def test_the_authorizer_may_write_its_log_and_nothing_else(without_ledger: Template) -> None:
    """Without a ledger the role has one statement, no managed policy and no inline one."""
    assert statements(without_ledger, "Authorizer") == [writes_log(without_ledger, "Authorizer")]
    role = only(without_ledger, "AWS::IAM::Role", "Authorizer")
    assert set(role) == {"AssumeRolePolicyDocument"}


def test_the_hook_may_sign_users_of_its_pool_out(without_ledger: Template) -> None:
    """Beside its log, the hook has one action on one pool if there is no ledger."""
    (pool,) = resources(without_ledger, "AWS::Cognito::UserPool")
    sign_out = {
        "Action": "cognito-idp:AdminUserGlobalSignOut",
        "Effect": "Allow",
        "Resource": {"Fn::GetAtt": [pool, "Arn"]},
    }
    assert statements(without_ledger, "Hook") == [writes_log(without_ledger, "Hook"), sign_out]
    assert set(only(without_ledger, "AWS::IAM::Role", "Hook")) == {"AssumeRolePolicyDocument"}


def test_functions_are_bounded(new_pool: Template) -> None:
    """All run on arm64 with the newest Python, end in time, and log where they are told."""
    functions = resources(new_pool, "AWS::Lambda::Function")
    for function in functions.values():
        assert function["Runtime"] == "python3.14"
        assert function["Architectures"] == ["arm64"]
        assert function["LoggingConfig"].keys() == {"LogGroup"}
        assert function["Environment"]["Variables"]["RES_OPTIONS"] == "timeout:1 attempts:1"
    timeouts = {function["Handler"]: function["Timeout"] for function in functions.values()}
    # Cognito repeats a trigger after 5 s: a try that it has given up on must be over by then.
    assert timeouts == {
        "authorizer.handler.handler": 5,
        "pre_token_hook.handler.handler": 4,
        "session_feed.handler.handler": 10,
    }


def test_every_log_group_forgets(new_pool: Template) -> None:
    """No log is kept for ever."""
    groups = resources(new_pool, "AWS::Logs::LogGroup")
    days = {name: group["RetentionInDays"] for name, group in groups.items()}
    (operators,) = [name for name in days if "OperatorLog" in name]
    assert days.pop(operators) == 400
    assert list(days.values()) == [90] * 4


def test_only_the_pool_calls_the_hook(new_pool: Template, existing_pool: Template) -> None:
    """Cognito's permission to call the hook names the pool, whoever owns it."""
    new = only(new_pool, "AWS::Lambda::Permission", "PreTokenGeneration")
    (pool,) = resources(new_pool, "AWS::Cognito::UserPool")
    assert new["SourceArn"] == {"Fn::GetAtt": [pool, "Arn"]}
    existing = only(existing_pool, "AWS::Lambda::Permission", "SingleSession")
    assert existing["Principal"] == "cognito-idp.amazonaws.com"
    assert existing["Action"] == "lambda:InvokeFunction"
    assert existing["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert f"userpool/{EXISTING_POOL}" in json.dumps(existing["SourceArn"])


def test_only_the_apis_authorizers_call_the_authorizer(new_pool: Template) -> None:
    """Each permission of API Gateway's names one authorizer of one API."""
    permissions = [
        permission
        for permission in resources(new_pool, "AWS::Lambda::Permission").values()
        if permission["Principal"] == "apigateway.amazonaws.com"
    ]
    assert len(permissions) == 2
    for permission in permissions:
        *_, api, middle, authorizer = permission["SourceArn"]["Fn::Join"][1]
        assert api["Ref"] in resources(new_pool, "AWS::ApiGateway::RestApi")
        assert middle == "/authorizers/"
        assert authorizer["Ref"] in resources(new_pool, "AWS::ApiGateway::Authorizer")


def test_the_trigger_is_version_one(new_pool: Template) -> None:
    """The hook needs no more than V1_0, which works in every tier of Cognito."""
    (function,) = [n for n in resources(new_pool, "AWS::Lambda::Function") if "Hook" in n]
    pool = only(new_pool, "AWS::Cognito::UserPool")
    assert pool["LambdaConfig"] == {"PreTokenGeneration": {"Fn::GetAtt": [function, "Arn"]}}


def test_an_existing_pool_is_left_alone(make_stack: MakeStack) -> None:
    """Onto an existing pool nothing of Cognito's is deployed; by hand, synth says what is left."""
    made = make_stack(
        existingUserPoolId=EXISTING_POOL,
        userPoolClientIds="web",
        sessionMode="hook",
        existingTriggerRule="by_hand",
    )
    template = Template.from_stack(made)
    assert "AWS::Cognito" not in json.dumps(template.to_json())
    template.has_output(
        "SingleSessionHookArn", {"Description": Match.string_like_regexp("console")}
    )
    Annotations.from_stack(made).has_warning(
        "/CognitoSessionAuthorizer/SingleSession", Match.string_like_regexp("does nothing until")
    )


def test_an_existing_pool_gets_its_trigger(make_stack: MakeStack) -> None:
    """With the hook, the one trigger is attached at deployment, and nothing is left to do."""
    made = make_stack(
        existingUserPoolId=EXISTING_POOL,
        userPoolClientIds="web",
        sessionMode="hook",
        existingTriggerRule="replace",
        existingPoolSmsRoleArns="arn:aws:iam::111122223333:role/Sms",
    )
    template = Template.from_stack(made)
    assert only(template, "Custom::PreTokenTrigger")["Rule"] == "replace"
    assert "iam:PassRole" in json.dumps(resources(template, "AWS::IAM::Policy"))
    assert "AWS::Cognito" not in json.dumps(template.to_json())
    assert not Annotations.from_stack(made).find_warning(
        "*", Match.string_like_regexp("does nothing until")
    )


@pytest.mark.parametrize("mode", ["off", "ledger"])
def test_other_modes_have_no_hook(make_stack: MakeStack, mode: str) -> None:
    """The hook, its trigger and its output are left out where somebody else or nobody counts."""
    template = Template.from_stack(make_stack(sessionMode=mode, revocationFeed=False))
    template.resource_count_is("AWS::Lambda::Function", 1)
    assert "LambdaConfig" not in only(template, "AWS::Cognito::UserPool")
    assert "SingleSessionHookArn" not in template.find_outputs("*")


def test_clients_give_sessions_that_can_be_checked(make_stack: MakeStack) -> None:
    """Tokens name their session, and their bearer may edit neither address nor group."""
    template = Template.from_stack(make_stack(newClientNames="Web,Mobile"))
    clients = resources(template, "AWS::Cognito::UserPoolClient")
    assert len(clients) == 2
    for client in clients.values():
        assert client["EnableTokenRevocation"] is True
        assert client["WriteAttributes"] == ["locale", "zoneinfo"]
        assert client["PreventUserExistenceErrors"] == "ENABLED"
        assert "RefreshTokenRotation" not in client


@pytest.mark.parametrize(("removal", "kept"), [("retain", "Retain"), ("destroy", "Delete")])
def test_a_new_pool_is_kept_unless_told_otherwise(
    make_stack: MakeStack, removal: str, kept: str
) -> None:
    """Users, marks, dead letters and logs outlive the stack unless the operator lets them go."""
    document = Template.from_stack(make_stack(removalPolicy=removal)).to_json()
    kinds = {
        "AWS::Cognito::UserPool",
        "AWS::DynamoDB::Table",
        "AWS::Logs::LogGroup",
        "AWS::SQS::Queue",
    }
    policies = {
        name: resource["DeletionPolicy"]
        for name, resource in document["Resources"].items()
        if resource["Type"] in kinds
    }
    # The operators' log is about the rest, and outlives it.
    (operators,) = [name for name in policies if "OperatorLog" in name]
    assert policies.pop(operators) == "Retain"
    assert list(policies.values()) == [kept] * 7


def test_access_logs_hold_no_token(new_pool: Template) -> None:
    """The log format has no header, no query and nothing that the authorizer returned."""
    stage = only(new_pool, "AWS::ApiGateway::Stage")
    assert json.loads(stage["AccessLogSetting"]["Format"]) == ACCESS_LOG_FIELDS
    about_the_call = {
        f"$context.authorizer.{of}" for of in ("error", "latency", "requestId", "status")
    }
    for variable in set(ACCESS_LOG_FIELDS.values()) - about_the_call:
        assert not variable.startswith(("$context.authorizer", "$context.path", "$input"))
    assert "MethodSettings" not in stage


def test_the_log_role_can_be_somebody_elses(make_stack: MakeStack) -> None:
    """The Region's one log role is left alone where the operator says so."""
    template = Template.from_stack(make_stack(manageApiGatewayLogRole=False))
    template.resource_count_is("AWS::ApiGateway::Account", 0)


def test_a_changed_ttl_deploys_the_api_anew(make_stack: MakeStack, new_pool: Template) -> None:
    """A stage takes a new TTL only with a new deployment, so there is one."""
    changed = Template.from_stack(make_stack(gatewayTtlSeconds=5))
    kind = "AWS::ApiGateway::Deployment"
    assert set(resources(changed, kind)).isdisjoint(resources(new_pool, kind))
