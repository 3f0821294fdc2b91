"""The ledger's table: what it is, who may do what with it, and that it can be left out."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from infra.authorizer_options import AuthorizerOptions
from infra.hook_options import HookOptions
from infra.session_authorizer import SessionAuthorizer
from infra.session_ledger import SessionLedger
from infra.single_session_hook import SingleSessionHook
from ledger.roster import Limit, SessionPolicy
from ledger.rows import KEY

from .conftest import MakeStack, only, resources, statements, writes_log


def may(template: Template, *actions: str) -> dict[str, Any]:
    """The one statement about the table, whose resource is the table and nothing beside it."""
    (table,) = resources(template, "AWS::DynamoDB::Table")
    return {
        "Action": actions[0] if len(actions) == 1 else list(actions),
        "Effect": "Allow",
        "Resource": {"Fn::GetAtt": [table, "Arn"]},
    }


def test_the_table_is_what_the_ledger_needs(new_pool: Template) -> None:
    """One string key, paid by the request, forgetful by its attribute, restorable, encrypted."""
    table = only(new_pool, "AWS::DynamoDB::Table")
    assert table["KeySchema"] == [{"AttributeName": KEY, "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": KEY, "AttributeType": "S"}]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert "TableName" not in table


@pytest.mark.parametrize(("removal", "is_protected"), [("retain", True), ("destroy", False)])
def test_the_table_is_protected_where_it_is_kept(
    make_stack: MakeStack, removal: str, is_protected: bool
) -> None:
    """What an operator wants to keep cannot be deleted by hand either."""
    template = Template.from_stack(make_stack(removalPolicy=removal))
    assert only(template, "AWS::DynamoDB::Table")["DeletionProtectionEnabled"] is is_protected


def test_the_authorizer_reads_and_updates_this_table(new_pool: Template) -> None:
    """Beside its log it has the two operations that it calls, on the one table."""
    assert statements(new_pool, "Authorizer") == [
        writes_log(new_pool, "Authorizer"),
        may(new_pool, "dynamodb:BatchGetItem", "dynamodb:UpdateItem"),
    ]


def test_the_hook_updates_this_table(new_pool: Template) -> None:
    """Beside signing out it may write its mark, and read nothing."""
    log, update, sign_out = statements(new_pool, "Hook")
    assert log == writes_log(new_pool, "Hook")
    assert update == may(new_pool, "dynamodb:UpdateItem")
    assert sign_out["Action"] == "cognito-idp:AdminUserGlobalSignOut"


def test_nobody_has_more_than_the_operations_that_exist_in_code(new_pool: Template) -> None:
    """No role may scan, query, put or delete; all rights on the table are on these two."""
    granted = {
        action
        for policy in resources(new_pool, "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
        if action.startswith("dynamodb:")
    }
    assert granted == {"dynamodb:BatchGetItem", "dynamodb:UpdateItem"}


def test_off_leaves_nothing_of_it(without_ledger: Template) -> None:
    """No table, no feed, no right on DynamoDB, no output: the deployment from before."""
    text = json.dumps(without_ledger.to_json())
    for trace in ("DynamoDB", "dynamodb", "LEDGER_", "SQS", "Events::Rule", "Pushed", "Ledger"):
        assert trace not in text
    without_ledger.resource_count_is("AWS::Lambda::Function", 2)
    without_ledger.has_output("RevocationDelaySeconds", {"Value": "15"})


def test_a_limit_that_nobody_would_keep_is_refused(stack: cdk.Stack) -> None:
    """Sessions are counted in the ledger: without one a limit is a mistake, and not ignored."""
    pool = cognito.UserPool(stack, "Pool")
    options = AuthorizerOptions(roster=Limit(SessionPolicy.EVICT_OLDEST, 2, 3600))
    with pytest.raises(ValueError, match="roster needs a ledger"):
        SessionAuthorizer(stack, "Sessions", user_pool=pool, client_ids=["web"], options=options)


def test_the_hook_leaves_time_for_its_mark() -> None:
    """With a ledger, signing out and marking fit into what Cognito waits, as without."""
    for has_ledger in (False, True):
        settings = HookOptions().check(has_ledger=has_ledger)
        assert settings.longest_ms <= 3500
        assert bool(settings.ledger_table) is has_ledger


def test_a_team_can_share_one_ledger(stack: cdk.Stack) -> None:
    """Authorizer and hook of somebody's own app take the same table."""
    pool = cognito.UserPool(stack, "Pool")
    ledger = SessionLedger(stack, "Ledger")
    SessionAuthorizer(stack, "Sessions", user_pool=pool, client_ids=["web"], ledger=ledger)
    SingleSessionHook(stack, "Hook", user_pool=pool, ledger=ledger)
    template = Template.from_stack(stack)
    (table,) = resources(template, "AWS::DynamoDB::Table")
    functions = resources(template, "AWS::Lambda::Function").values()
    tables = [function["Environment"]["Variables"]["LEDGER_TABLE"] for function in functions]
    assert tables == [{"Ref": table}] * 2
