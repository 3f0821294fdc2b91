"""The hook on an existing pool: what the custom resources are given, may do, and wait for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from infra.pool_trigger import POOL_TRIGGER, ExistingTriggerRule, PoolTrigger
from infra.single_session_hook import SingleSessionHook
from pool_trigger.resources import FOUND, TRIGGER
from pool_trigger.trigger import TriggerRule
from tests.unit.pool_trigger.cognito import FakeCognito
from tests.unit.pool_trigger.every_setting import HOOK, POOL, every_setting
from tests.unit.pool_trigger.stack import Stack

from .conftest import CONTEXT, only, refusal, resources
from .test_single_session_hook import cycles

ROLE = "arn:aws:iam::111122223333:role/service-role/Sms"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"


def attach(stack: cdk.Stack, **options: Any) -> PoolTrigger:
    """Hook and trigger of an imported pool."""
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", POOL)
    hook = SingleSessionHook(stack, "Hook", user_pool=pool)
    return PoolTrigger(stack, "PoolTrigger", user_pool=pool, hook=hook, **options)


@pytest.fixture(scope="module")
def template() -> Template:
    """Of a stack that says no more than it has to."""
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Stack")
    attach(stack)
    return Template.from_stack(stack)


def statements(template: Template) -> list[Mapping[str, Any]]:
    """All that the function's role may do."""
    return [
        statement
        for policy in resources(template, "AWS::IAM::Policy").values()
        if any("PoolTrigger" in role["Ref"] for role in policy["Roles"])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_the_function_may_read_and_write_its_pool_and_nothing_else(template: Template) -> None:
    """Two operations on one pool, and its log; it can neither pass a role nor grant a key."""
    log, pool = statements(template)
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert log["Resource"] != "*"
    assert pool["Effect"] == "Allow"
    assert pool["Action"] == ["cognito-idp:DescribeUserPool", "cognito-idp:UpdateUserPool"]
    *_, path = pool["Resource"]["Fn::Join"][1]
    assert path == f":userpool/{POOL}"


def test_a_role_and_a_key_are_allowed_by_name(stack: cdk.Stack) -> None:
    """A pool that sends text messages or has custom senders needs them; Cognito alone gets them."""
    attach(stack, sms_role_arns=[ROLE], key_arns=[KEY])
    *_, passes, grants = statements(Template.from_stack(stack))
    assert passes == {
        "Action": "iam:PassRole",
        "Effect": "Allow",
        "Resource": ROLE,
        "Condition": {"StringEquals": {"iam:PassedToService": "cognito-idp.amazonaws.com"}},
    }
    assert grants == {"Action": "kms:CreateGrant", "Effect": "Allow", "Resource": KEY}


def test_nothing_is_found_fault_with(app: cdk.App, stack: cdk.Stack) -> None:
    """The AWS Solutions checks pass without an acknowledgement."""
    attach(stack, sms_role_arns=[ROLE], key_arns=[KEY])
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def test_the_checks_would_find_a_wildcard(app: cdk.App, stack: cdk.Stack) -> None:
    """The test above can fail."""
    function = attach(stack).function
    function.add_to_role_policy(iam.PolicyStatement(actions=["iam:PassRole"], resources=["*"]))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    assert "AwsSolutions-IAM5" in refusal(app)


def test_cfn_lint_is_content(template: Template, tmp_path: Path) -> None:
    """Neither an error nor a warning."""
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template.to_json()))
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([lint, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_finding_is_kept_before_anything_is_set(template: Template) -> None:
    """The second resource is given what the first one found, so it cannot come before it."""
    found, trigger = only(template, FOUND), only(template, TRIGGER)
    (name,) = resources(template, FOUND)
    assert trigger["FoundHolder"] == {"Fn::GetAtt": [name, "Holder"]}
    assert found["UserPoolId"] == trigger["UserPoolId"] == POOL
    assert found["HookArn"] == trigger["HookArn"]
    assert trigger["Rule"] == "refuse"


def test_the_hook_is_attached_when_it_is_ready_and_detached_before_it_is_not(
    template: Template,
) -> None:
    """A trigger that Cognito may not call, or that may not sign out, refuses every sign-in."""
    (trigger,) = template.find_resources(TRIGGER).values()
    waits_for = set(trigger["DependsOn"])
    hook = {
        name
        for name, resource in template.to_json()["Resources"].items()
        if name.startswith("Hook") and resource["Type"] != "AWS::Logs::LogGroup"
    }
    kinds = {template.to_json()["Resources"][name]["Type"] for name in hook}
    assert {"AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::IAM::Policy"} <= kinds
    assert hook <= waits_for
    assert cycles(template.to_json()) == set()


def test_both_wait_for_the_permission_and_not_for_an_hour(template: Template) -> None:
    """Neither starts before the function may do it; a function that is silent fails in time."""
    policies = resources(template, "AWS::IAM::Policy")
    (permission,) = [
        name
        for name, policy in policies.items()
        if "UpdateUserPool" in json.dumps(policy["PolicyDocument"])
    ]
    for kind in (FOUND, TRIGGER):
        (resource,) = template.find_resources(kind).values()
        assert permission in resource["DependsOn"]
        assert resource["Properties"]["ServiceTimeout"] == "1200"
    function = only(template, "AWS::Lambda::Function", "PoolTrigger")
    assert function["Timeout"] == 240
    assert function["Handler"] == "pool_trigger.handler.handler"


@pytest.mark.parametrize("rule", TriggerRule)
def test_the_function_takes_what_the_template_gives(stack: cdk.Stack, rule: TriggerRule) -> None:
    """The properties in the template, as CloudFormation writes them, are those that are read."""
    attach(stack, rule=rule)
    template = Template.from_stack(stack)
    pool = Stack(FakeCognito({POOL: every_setting(None)}))

    def properties(kind: str, holder: str = "") -> dict[str, Any]:
        known = {"HookArn": HOOK, "FoundHolder": holder}
        return {name: known.get(name, value) for name, value in only(template, kind).items()}

    found = pool.request("Create", FOUND, **properties(FOUND))
    holder = found["Data"]["Holder"]
    created = pool.request("Create", TRIGGER, **properties(TRIGGER, holder))
    assert (created["Status"], pool.holder) == ("SUCCESS", HOOK)


def test_each_rule_of_a_deployment_is_one_of_the_functions_or_none() -> None:
    """What the function is told, it understands; by hand it is told nothing."""
    rules = {rule: rule.trigger_rule for rule in ExistingTriggerRule}
    assert rules.pop(ExistingTriggerRule.BY_HAND) is None
    assert {rule.value: told for rule, told in rules.items()} == {
        rule.value: rule for rule in TriggerRule
    }


def test_a_pool_of_this_app_is_not_for_it(stack: cdk.Stack) -> None:
    """CloudFormation owns that pool's triggers, and would take this one away again."""
    pool = cognito.UserPool(stack, "Pool")
    hook = SingleSessionHook(stack, "Hook", user_pool=pool)
    with pytest.raises(TypeError, match="attaches triggers to a pool that it makes"):
        PoolTrigger(stack, "PoolTrigger", user_pool=pool, hook=hook)


def test_the_zip_holds_what_the_function_imports(tmp_path: Path) -> None:
    """Its packages and theirs, and Cognito's model: all that the handler needs, by itself."""
    POOL_TRIGGER.build(tmp_path, target=None)
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import pool_trigger.handler as module
assert callable(module.handler)
outside = [
    name for name, found in sys.modules.items()
    if (file := getattr(found, "__file__", None))
    and not file.startswith(({str(tmp_path)!r}, sys.base_prefix))
]
assert not outside, outside
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        env={"AWS_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
