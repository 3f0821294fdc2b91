"""The environment in the template is one that the Lambdas start with, and says what was set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from authorizer.choices import DisplacedAnswer, LedgerOutageRule
from authorizer.policy import Grants
from authorizer.route_rules import read_route_rules
from authorizer.settings import Settings as AuthorizerSettings
from ledger.roster import Limit, SessionPolicy
from pre_token_hook.settings import Settings as HookSettings
from session_feed.settings import Settings as FeedSettings

from .conftest import EXISTING_POOL, ROUTE_RULES, MakeStack, only, resources

#: What CloudFormation puts in place of references.
DEPLOYED = {
    "AWS::Region": "eu-west-1",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::Partition": "aws",
}


def deployed(value: Any) -> str:
    """The text that CloudFormation makes of a property."""
    if isinstance(value, str):
        return value
    if "Ref" in value:
        name = value["Ref"]
        return DEPLOYED.get(name, "eu-west-1_Deployed" if name.startswith("UsersPoolB") else name)
    if "Fn::GetAtt" in value:
        return ".".join(value["Fn::GetAtt"])
    separator, parts = value["Fn::Join"]
    return str(separator).join(deployed(part) for part in parts)


def environment_of(template: Template, name_part: str) -> dict[str, str]:
    """What the function will see: its variables, and the Region that Lambda adds."""
    function = only(template, "AWS::Lambda::Function", name_part)
    variables = function["Environment"]["Variables"]
    return {name: deployed(value) for name, value in variables.items()} | {
        "AWS_REGION": DEPLOYED["AWS::Region"]
    }


def test_the_authorizer_starts_with_its_environment(new_pool: Template) -> None:
    """What CloudFormation will tell the authorizer is what its own reader takes."""
    settings = AuthorizerSettings.from_env(environment_of(new_pool, "Authorizer"))
    assert settings.issuers == (
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Deployed",
        "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Deployed",
    )
    (client,) = resources(new_pool, "AWS::Cognito::UserPoolClient")
    assert settings.client_ids == {client}
    assert settings.unsafe_choices == ()
    assert settings.ledger is not None
    assert settings.ledger.table in resources(new_pool, "AWS::DynamoDB::Table")
    assert settings.ledger.limit.policy is SessionPolicy.OFF


def test_the_authorizer_of_an_existing_pool_knows_its_region(existing_pool: Template) -> None:
    """The pool's id names its Region; nothing else of the pool is known to synth."""
    settings = AuthorizerSettings.from_env(environment_of(existing_pool, "Authorizer"))
    assert settings.region == "eu-west-1"
    assert settings.issuers[0].endswith(EXISTING_POOL)
    assert settings.client_ids == {"web", "app"}


def test_every_setting_reaches_the_authorizer(make_stack: MakeStack) -> None:
    """What the operator writes in the context is what the authorizer reads at its start."""
    template = Template.from_stack(
        make_stack(
            verdictTtlSeconds=1,
            outageRule="stale",
            staleGraceSeconds=2,
            uncheckedSessionRule="allow",
            enforcement="shadow",
            acceptUnboundedRevocationDelay=True,
            tokenUses="access,id",
            tokenSource="cookie:session",
            corsAllowOrigin="https://app.example.com",
            userinfoUrl="https://id.example.com/oauth2/userInfo",
            machineClientIds="robot",
            audiences="https://orders.example",
            gatewayTtlSeconds=3,
            memoryTtlSeconds=4,
            ledgerOutageRule="refuse",
            sessionMode="ledger",
            sessionLimit=6,
            sessionPolicy="refuse_new",
            sessionIdleSeconds=3600,
            displacedAnswer="explain",
        )
    )
    settings = AuthorizerSettings.from_env(environment_of(template, "Authorizer"))
    assert settings.verdict_ttl_seconds == 1
    assert settings.stale_grace_seconds == 2
    assert settings.gateway_ttl_seconds == 3
    assert settings.token_source.name == "session"
    assert settings.userinfo_url == "https://id.example.com/oauth2/userInfo"
    assert settings.machine_client_ids == {"robot"}
    assert settings.audiences == {"https://orders.example"}
    assert settings.displaced_answer is DisplacedAnswer.EXPLAIN
    assert settings.ledger is not None
    assert settings.ledger.memory_ttl_seconds == 4
    assert settings.ledger.outage_rule is LedgerOutageRule.REFUSE
    assert settings.ledger.limit == Limit(SessionPolicy.REFUSE_NEW, 6, 3600)
    assert set(settings.unsafe_choices) == {
        "OUTAGE_RULE=stale",
        "UNCHECKED_SESSION_RULE=allow",
        "ENFORCEMENT=shadow",
        "MACHINE_CLIENT_IDS",
        "TOKEN_USES=id",
    }


def test_the_hook_starts_with_its_environment(make_stack: MakeStack) -> None:
    """What CloudFormation will tell the hook is what its own reader takes."""
    template = Template.from_stack(
        make_stack(
            signOutFailureRule="admit",
            exemptClientIds="a,b",
            exemptGroups="kiosks",
            markMarginSeconds=20,
        )
    )
    settings = HookSettings.from_env(environment_of(template, "Hook"))
    assert settings.exempt_client_ids == {"a", "b"}
    assert settings.exempt_groups == {"kiosks"}
    assert "FAILURE_RULE=admit" in settings.unsafe_choices
    assert settings.ledger_table in resources(template, "AWS::DynamoDB::Table")
    assert settings.mark_margin_seconds == 20


def test_the_feed_starts_with_its_environment(new_pool: Template, existing_pool: Template) -> None:
    """What CloudFormation will tell the feed is what its own reader takes, for either pool."""
    settings = FeedSettings.from_env(environment_of(new_pool, "Feed"))
    assert settings.user_pool_id == "eu-west-1_Deployed"
    assert settings.ledger_table in resources(new_pool, "AWS::DynamoDB::Table")
    existing = FeedSettings.from_env(environment_of(existing_pool, "Feed"))
    assert existing.user_pool_id == EXISTING_POOL


@pytest.mark.parametrize(("mode", "is_told"), [("hook", True), ("ledger", False)])
def test_the_feed_knows_the_hooks_role(make_stack: MakeStack, mode: str, is_told: bool) -> None:
    """It tells the hook's own sign-outs from others where there is a hook, and only there."""
    template = Template.from_stack(make_stack(sessionMode=mode))
    role = FeedSettings.from_env(environment_of(template, "Feed")).hook_role_arn
    assert bool(role) is is_told
    if is_told:
        variables = only(template, "AWS::Lambda::Function", "Feed")["Environment"]["Variables"]
        (hook_role,) = [name for name in resources(template, "AWS::IAM::Role") if "Hook" in name]
        assert variables["HOOK_ROLE_ARN"] == {"Fn::GetAtt": [hook_role, "Arn"]}


def test_without_ledger_nobody_is_told_of_one(without_ledger: Template) -> None:
    """Both functions start without it, with the variables they had before there was one."""
    authorizer = environment_of(without_ledger, "Authorizer")
    assert AuthorizerSettings.from_env(authorizer).ledger is None
    hook = environment_of(without_ledger, "Hook")
    assert HookSettings.from_env(hook).ledger_table == ""
    told = {*authorizer, *hook}
    assert not [
        name for name in told if name.startswith(("LEDGER_", "SESSION_", "MEMORY_", "MARK_"))
    ]
    assert "DISPLACED_ANSWER" not in told


def test_the_example_route_rules_close_admin(new_pool: Template) -> None:
    """The rules in the environment let members of the group in, and nobody else."""
    rules = read_route_rules(environment_of(new_pool, "Authorizer")["ROUTE_RULES"])
    nobody, admin = (Grants(frozenset(), frozenset(groups)) for groups in ([], ["admins"]))
    assert rules.allows("GET/hello", nobody)
    assert not rules.allows("GET/admin", nobody)
    assert rules.allows("GET/admin", admin)
    new_pool.has_resource_properties("AWS::Cognito::UserPoolGroup", {"GroupName": "admins"})


def test_route_rules_are_the_ones_in_cdk_json() -> None:
    """The rules that these tests deploy are those that the app ships with."""
    cdk_json = json.loads((Path(__file__).parents[2] / "cdk.json").read_text(encoding="utf-8"))
    assert cdk_json["context"]["authorizer"]["routeRules"]["rules"] == ROUTE_RULES["rules"]
