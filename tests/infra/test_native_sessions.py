"""Cognito's own session management: what the two custom resources are given, and may do."""

from __future__ import annotations

import json

from aws_cdk.assertions import Template

from custom_resource.request import RequestType
from native_sessions.resources import FOUND, NATIVE_SESSIONS
from tests.unit.native_sessions.stack import FakeCognito, Stack

from .conftest import EXISTING_POOL, MakeStack, only, resources, statements, writes_log
from .test_single_session_hook import cycles

POOL = EXISTING_POOL


def test_there_is_no_hook_beside_it(native: Template) -> None:
    """Cognito alone ends sessions: the pool has no trigger, and no function may sign out."""
    assert "LambdaConfig" not in only(native, "AWS::Cognito::UserPool")
    text = json.dumps(native.to_json())
    assert "pre_token_hook" not in text
    assert "AdminUserGlobalSignOut" not in json.dumps(resources(native, "AWS::IAM::Policy"))


def test_the_function_may_configure_its_pool_and_nothing_else(native: Template) -> None:
    """Two operations on one pool, and its log."""
    (pool,) = resources(native, "AWS::Cognito::UserPool")
    assert statements(native, "NativeSessions") == [
        writes_log(native, "NativeSessions"),
        {
            "Action": [
                "cognito-idp:GetUserPoolSessionConfiguration",
                "cognito-idp:SetUserPoolSessionConfiguration",
            ],
            "Effect": "Allow",
            "Resource": {"Fn::GetAtt": [pool, "Arn"]},
        },
    ]


def test_the_finding_is_kept_before_anything_is_set(native: Template) -> None:
    """The second resource is given what the first one found, so it cannot come before it."""
    found, set_up = only(native, FOUND), only(native, NATIVE_SESSIONS)
    (pool,) = resources(native, "AWS::Cognito::UserPool")
    (name,) = resources(native, FOUND)
    assert found["UserPoolId"] == set_up["UserPoolId"] == {"Ref": pool}
    assert set_up["FoundTracking"] == {"Fn::GetAtt": [name, "UserSessionTracking"]}
    assert set_up["FoundMaxPerUser"] == {"Fn::GetAtt": [name, "MaxPerUser"]}
    assert set_up["MaxPerUser"] == 3


def test_the_function_takes_what_the_template_gives(native: Template) -> None:
    """The properties in the template, as CloudFormation writes them, are those that are read."""
    stack = Stack(FakeCognito({POOL: ("DISABLED", 20)}))
    found = stack.request(RequestType.CREATE, FOUND, UserPoolId=POOL)
    texts = {
        name: {
            "FoundTracking": found["Data"]["UserSessionTracking"],
            "FoundMaxPerUser": found["Data"]["MaxPerUser"],
            "UserPoolId": POOL,
        }.get(name, str(value))
        for name, value in only(native, NATIVE_SESSIONS).items()
    }
    created = stack.request(RequestType.CREATE, NATIVE_SESSIONS, **texts)
    assert created["Status"] == "SUCCESS"
    assert stack.cognito.pools[POOL] == ("ENABLED", 3)


def test_both_wait_for_the_permission_and_not_for_an_hour(native: Template) -> None:
    """Neither starts before the function may do it; a function that is silent fails in time."""
    policies = resources(native, "AWS::IAM::Policy")
    (permission,) = [name for name in policies if "NativeSessionsConfigure" in name]
    for kind in (FOUND, NATIVE_SESSIONS):
        (resource,) = native.find_resources(kind).values()
        assert permission in resource["DependsOn"]
        assert resource["Properties"]["ServiceTimeout"] == "900"
    function = only(native, "AWS::Lambda::Function", "NativeSessions")
    assert function["Timeout"] == 180
    assert function["Handler"] == "native_sessions.handler.handler"


def test_it_makes_no_circle(native: Template) -> None:
    """CloudFormation finds an order in which everything can be created."""
    assert cycles(native.to_json()) == set()


def test_an_existing_pool_needs_nothing_by_hand(make_stack: MakeStack) -> None:
    """Of somebody else's pool only the session configuration is touched."""
    template = Template.from_stack(
        make_stack(existingUserPoolId=POOL, userPoolClientIds="web", sessionMode="native")
    )
    assert only(template, NATIVE_SESSIONS)["UserPoolId"] == POOL
    assert only(template, NATIVE_SESSIONS)["MaxPerUser"] == 1
    *_, statement = statements(template, "NativeSessions")
    assert f"userpool/{POOL}" in json.dumps(statement["Resource"])


def test_other_modes_leave_it_alone(new_pool: Template) -> None:
    """Nothing but sessionMode=native may configure Cognito's sessions."""
    assert "SessionConfiguration" not in json.dumps(new_pool.to_json())
