"""Deployment settings: one table, two spellings of a value, every problem at once."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from authorizer.choices import OutageRule, TokenUse
from infra.authorizer_options import AuthorizerOptions
from infra.context_reader import ContextError
from infra.hook_options import HookOptions
from infra.session_options import SessionMode
from infra.settings import DeploymentSettings

PROJECT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(?P<key>\w+)` \|[^|]*\| (?:`(?P<default>[^`]*)`|\u2013) \|", re.MULTILINE)
EXISTING = {"existingUserPoolId": "eu-west-1_AbCdEfGhI", "userPoolClientIds": "web"}


def read(**members: Any) -> DeploymentSettings:
    return DeploymentSettings.from_context({"authorizer": members})


def problems_of(**members: Any) -> tuple[str, ...]:
    with pytest.raises(ContextError) as caught:
        read(**members)
    return caught.value.problems


def keys_with_defaults() -> dict[str, str]:
    settings = read()
    groups = (
        settings.authorizer,
        settings.hook,
        settings.functions,
        settings.sessions,
        settings.release,
        settings.watching,
        settings.signing_out,
        settings.receiving,
    )
    return {
        camel(field.name): written(getattr(holder, field.name))
        for holder in (settings, *groups)
        for field in dataclasses.fields(holder)
        if not dataclasses.is_dataclass(getattr(holder, field.name))
    }


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def test_the_table_says_what_the_settings_are() -> None:
    """The documented keys and defaults are those of the code, no more and no fewer."""
    table = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = {row["key"]: row["default"] or "" for row in ROW.finditer(table)}
    assert documented == keys_with_defaults()


def test_what_to_look_at_first_is_in_the_table() -> None:
    """The short list before the table names settings that there are."""
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    lines = re.findall(r"^- `.*:", page.partition("| Key |")[0], re.MULTILINE)
    first = [key for line in lines for key in re.findall(r"`(\w+)`", line)]
    assert 5 <= len(first) <= 8
    assert set(first) <= set(keys_with_defaults())


@pytest.mark.parametrize("key", sorted(keys_with_defaults()))
def test_every_key_is_read(key: str) -> None:
    """A value of the wrong kind is reported by its key, whatever the key."""
    problems = problems_of(**{key: [["no", "setting", "has", "this", "form"]]})
    assert [problem for problem in problems if problem.startswith(f"{key}: must")]


def test_an_unknown_key_is_an_error() -> None:
    """A misspelt key is reported and not ignored, in either way of writing it."""
    context = {"authorizer": {"verdictTTLSeconds": 5}, "authorizer:outagerule": "allow"}
    with pytest.raises(ContextError) as caught:
        DeploymentSettings.from_context(context)
    assert caught.value.problems == (
        "outagerule: is no setting of this app",
        "verdictTTLSeconds: is no setting of this app",
    )


def test_other_context_is_none_of_our_business() -> None:
    """Keys of CDK's, of its lookups and of other constructs are left alone."""
    context = {
        "@aws-cdk/core:checkSecretUsage": True,
        "aws:cdk:bundling-stacks": [],
        "aws:cdk:enable-path-metadata": True,
        "availability-zones:account=123456789012:region=eu-west-1": ["eu-west-1a"],
        "cdk-migrate": False,
        "ssm:account=123456789012:parameterName=/a.b:region=eu-west-1": "c",
        "authorization": "theirs",
        "environmentName": "theirs",
        "stage": "theirs",
    }
    assert DeploymentSettings.from_context(context) == read()


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (
            "verdictTtlSeconds",
            "belongs into the object authorizer, or behind -c as authorizer:verdictTtlSeconds",
        ),
        ("authorizer.verdictTtlSeconds", "is written authorizer:verdictTtlSeconds"),
        ("authoriser:verdictTtlSeconds", "is written authorizer:verdictTtlSeconds"),
        ("Authorizer", "is no key of this app; is authorizer meant?"),
        ("authorizers", "is no key of this app; is authorizer meant?"),
        ("enviroment", "is no key of this app; is environment meant?"),
        ("Environment", "is no key of this app; is environment meant?"),
        ("enviornments", "is no key of this app; is environments meant?"),
    ],
)
def test_what_stands_beside_the_settings_is_not_ignored(key: str, problem: str) -> None:
    """A setting that nobody would read is an error that says where it belongs."""
    with pytest.raises(ContextError) as caught:
        DeploymentSettings.from_context({key: "5"})
    assert caught.value.problems == (f"{key}: {problem}",)


def test_the_command_line_wins() -> None:
    """A key behind the prefix overrides the member in cdk.json."""
    context = {"authorizer": {"verdictTtlSeconds": 5}, "authorizer:verdictTtlSeconds": "7"}
    assert DeploymentSettings.from_context(context).authorizer.verdict_ttl_seconds == 7


def test_texts_and_json_values_mean_the_same() -> None:
    """What the command line can only write as text is read like the JSON value."""
    rules = {"rules": {"GET /admin": {"any_group": ["admins"]}}}
    as_json = read(
        **EXISTING | {"userPoolClientIds": ["a", "b"]},
        gatewayTtlSeconds=30,
        revocationFeed=True,
        tokenUses=["access", "id"],
        routeRules=rules,
    )
    as_text = read(
        **EXISTING | {"userPoolClientIds": "a, b"},
        gatewayTtlSeconds="30",
        revocationFeed="true",
        tokenUses="access,id",
        routeRules=json.dumps(rules),
    )
    assert as_json == as_text
    assert as_json.user_pool_client_ids == ("a", "b")
    assert as_json.authorizer.token_uses == (TokenUse.ACCESS, TokenUse.ID)


def test_every_problem_is_reported_at_once() -> None:
    """One synth tells all that is wrong: with kinds, ranges, the Lambdas' rules, and pairs."""
    problems = problems_of(
        stackName="9",
        existingUserPoolId="pool",
        gatewayTtlSeconds="soon",
        verdictTtlSeconds=3601,
        outageRule="perhaps",
        staleGraceSeconds=5,
        routeRules={"rules": {"admin": {}}},
        tokenSource="header",
        userinfoUrl="http://example.com",
        logRetentionDays=2,
        memorySizeMb=127,
        corsAllowOrigin="example.com'",
        exemptClientIds="a,,b",
        bundledJwksFile="/nowhere.json",
        nonsense=1,
    )
    assert {problem.partition(":")[0] for problem in problems} == {
        "stackName",
        "existingUserPoolId",
        "userPoolClientIds",
        "gatewayTtlSeconds",
        "verdictTtlSeconds",
        "outageRule",
        "staleGraceSeconds",
        "routeRules",
        "tokenSource",
        "userinfoUrl",
        "logRetentionDays",
        "memorySizeMb",
        "corsAllowOrigin",
        "exemptClientIds",
        "bundledJwksFile",
        "nonsense",
    }


def test_problems_of_the_lambdas_speak_of_context_keys() -> None:
    """A rule of a Lambda's own reader is told in the operator's names, not the variables'."""
    assert problems_of(staleGraceSeconds=5) == (
        "staleGraceSeconds: must be above 0 with outageRule=stale, and 0 otherwise",
    )


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ({"gatewayTtlSeconds": 3600}, {"gatewayTtlSeconds": 3601}, "gatewayTtlSeconds"),
        ({"memorySizeMb": 128}, {"memorySizeMb": 127}, "memorySizeMb"),
        ({"memorySizeMb": 10240}, {"memorySizeMb": 10241}, "memorySizeMb"),
        ({"revocationFeed": "false"}, {"revocationFeed": 1}, "revocationFeed"),
        ({"memoryTtlSeconds": 3600}, {"memoryTtlSeconds": 3601}, "memoryTtlSeconds"),
        ({"markMarginSeconds": 10}, {"markMarginSeconds": 9}, "markMarginSeconds"),
        ({"markMarginSeconds": 300}, {"markMarginSeconds": 301}, "markMarginSeconds"),
        ({"verdictTtlSeconds": 0}, {"verdictTtlSeconds": -1}, "verdictTtlSeconds"),
        ({"verdictTtlSeconds": 1}, {"verdictTtlSeconds": True}, "verdictTtlSeconds"),
        ({"newClientNames": "a,b"}, {"newClientNames": "a,a"}, "newClientNames"),
        ({"newClientNames": "a1"}, {"newClientNames": "1a"}, "newClientNames"),
        (EXISTING, EXISTING | {"newClientNames": "Web"}, "newClientNames"),
        ({}, {"userPoolClientIds": "web"}, "userPoolClientIds"),
        (EXISTING, EXISTING | {"userPoolClientIds": []}, "userPoolClientIds"),
        (
            {"gatewayTtlSeconds": 5, "strictGatewayTtlSeconds": 5},
            {"gatewayTtlSeconds": 5, "strictGatewayTtlSeconds": 6},
            "strictGatewayTtlSeconds",
        ),
        (
            {"tokenSource": "cookie:t", "corsAllowOrigin": "https://app.example.com"},
            {"tokenSource": "cookie:t"},
            "corsAllowOrigin",
        ),
    ],
)
def test_limits(good: dict[str, Any], bad: dict[str, Any], key: str) -> None:
    """Each limit takes what is just within it and reports what is just outside, by its key."""
    read(**good)
    problems = problems_of(**bad)
    assert [problem.partition(":")[0] for problem in problems] == [key]


def test_a_pool_of_someone_elses_gets_no_trigger_unasked() -> None:
    """The single-session hook is on for a new pool, and off for an existing one."""
    assert read().sessions.session_mode is SessionMode.HOOK
    assert read().has_hook
    assert read(**EXISTING).sessions.session_mode is SessionMode.OFF
    assert not read(**EXISTING).has_hook


def test_a_rotating_client_is_refused_unless_exempt() -> None:
    """An existing pool's client with rotation is refused with the hook on, and the reason told."""
    rotating = EXISTING | {"clientsWithRefreshTokenRotation": "web"}
    read(**rotating)
    read(**rotating, sessionMode="hook", exemptClientIds="web")
    for mode in ("native", "ledger", "off"):
        read(**rotating, sessionMode=mode)
    problems = problems_of(**rotating, sessionMode="hook", exemptClientIds="app")
    assert len(problems) == 1
    assert problems[0].startswith("clientsWithRefreshTokenRotation: web has refresh token rotation")
    assert "TokenGeneration_Authentication" in problems[0]


def test_the_namespace_must_be_an_object() -> None:
    """A text in place of the settings object is reported."""
    with pytest.raises(ContextError) as caught:
        DeploymentSettings.from_context({"authorizer": "verdictTtlSeconds=5"})
    assert caught.value.problems == ("authorizer: must be an object",)


def test_defaults_are_the_lambdas_own() -> None:
    """A deployment that sets nothing tells the Lambdas just what they assume by themselves."""
    options = AuthorizerOptions()
    silent = AuthorizerOptions().check(client_ids=["web"])
    minimal = {"ISSUERS": silent.issuers[0], "CLIENT_IDS": "web"}
    assert silent == type(silent).from_env(minimal)
    assert options.outage_rule is OutageRule.REFUSE
    hook = HookOptions().check()
    assert hook == type(hook).from_env({})
