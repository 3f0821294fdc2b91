"""Pools come through attaching and detaching as they were, on a Cognito that resets."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from pool_trigger.resources import TRIGGER
from pool_trigger.translation import differences

from .cognito import FakeCognito
from .every_setting import DESCRIPTION, HOOK, INPUT, OTHER, POOL, every_setting
from .stack import Stack, settings

#: No pool is without these.
_ALWAYS = ("Id", "Name", "Arn", "LastModifiedDate", "EstimatedNumberOfUsers")

_SETTINGS = sorted(set(INPUT.members) & set(DESCRIPTION.members))


def with_trigger(pool: dict[str, Any], holder: str | None, version: str) -> dict[str, Any]:
    """The same pool, and this function with its trigger."""
    config = pool.get("LambdaConfig", {})
    others = {n: v for n, v in config.items() if not n.startswith("PreTokenGeneration")}
    both = {
        "PreTokenGeneration": holder,
        "PreTokenGenerationConfig": {"LambdaArn": holder, "LambdaVersion": version},
    }
    return pool | {"LambdaConfig": others | (both if holder else {})}


def test_the_fake_resets_what_it_is_not_given() -> None:
    """A bare UpdateUserPool loses every setting: what the tests below would notice."""
    cognito = FakeCognito({POOL: every_setting()})
    cognito.update_user_pool(UserPoolId=POOL, LambdaConfig={"PreTokenGeneration": HOOK})
    lost = {path.split(".")[0] for path in differences(every_setting(), cognito.pools[POOL])}
    assert lost == set(_SETTINGS) - {"DcrConfiguration"} | {"Name"}


def test_a_pool_with_every_setting_set_changes_in_its_trigger_only() -> None:
    """All members that the SDK's model has, before, with the hook, and after."""
    pool = every_setting(holder=None)
    stack = Stack(FakeCognito({POOL: every_setting(holder=None)}))
    found, created = stack.deploy()
    assert created["Status"] == "SUCCESS"
    assert stack.pool == settings(with_trigger(pool, HOOK, "V1_0"))
    assert stack.delete(found, created)["Status"] == "SUCCESS"
    assert stack.pool == settings(pool)


@pytest.mark.parametrize("version", ["V1_0", "V2_0", "V3_0"])
def test_replacing_keeps_the_version_and_gives_it_back(version: str) -> None:
    """The event that the pool sends stays as it was, and so does everything else."""
    pool = every_setting(OTHER, version)
    stack = Stack(FakeCognito({POOL: every_setting(OTHER, version)}))
    found, created = stack.deploy("replace")
    assert stack.pool == settings(with_trigger(pool, HOOK, version))
    stack.delete(found, created)
    assert stack.pool == settings(pool)


@pytest.mark.parametrize("name", _SETTINGS)
def test_a_pool_with_one_setting_keeps_it(name: str) -> None:
    """No setting depends on another one's being there."""
    full = every_setting(holder=None)
    pool = {each: full[each] for each in (*_ALWAYS, name)} | {
        "AutoVerifiedAttributes": full["AutoVerifiedAttributes"],
        "DeletionProtection": "ACTIVE",
        "MfaConfiguration": "ON",
        "UserPoolTier": "LITE" if name != "AcrConfiguration" else "PLUS",
        "LambdaConfig": full["LambdaConfig"] if name == "LambdaConfig" else {},
    }
    stack = Stack(FakeCognito({POOL: pool}))
    before = stack.pool
    found, created = stack.deploy()
    assert created["Status"] == "SUCCESS", created
    assert differences(stack.pool, with_trigger(before, HOOK, "V1_0")) == []
    stack.delete(found, created)
    assert differences(stack.pool, before) == []


def test_tags_of_aws_survive() -> None:
    """They are not given, and not missed."""
    pool = every_setting(holder=None)
    pool["UserPoolTags"] = {"team": "identity", "aws:servicecatalog:arn": "1"}
    stack = Stack(FakeCognito({POOL: pool}))
    _, created = stack.deploy()
    assert created["Status"] == "SUCCESS"
    assert stack.pool["UserPoolTags"] == {"team": "identity", "aws:servicecatalog:arn": "1"}


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The real SDK's client, in front of moto."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    with mock_aws():
        client = boto3.client("cognito-idp", region_name="eu-west-1")
        yield client
        client.close()


def test_a_pool_of_motos_comes_through_too(moto: Any) -> None:
    """The same by the SDK's own validation and serialization, with all that moto keeps."""
    full = every_setting()
    # moto resets dynamic client registration too, which Cognito is documented to keep.
    given = {name: full[name] for name in _SETTINGS if name != "DcrConfiguration"}
    # And it does not describe the older member of two that mean the same.
    del given["AdminCreateUserConfig"]["UnusedAccountValidityDays"]
    triggers = {"PreSignUp": full["LambdaConfig"]["PreSignUp"], "PreTokenGeneration": OTHER}
    given |= {"PoolName": "Users", "LambdaConfig": triggers}
    pool = moto.create_user_pool(**given)["UserPool"]["Id"]
    before = moto.describe_user_pool(UserPoolId=pool)["UserPool"]
    stack = Stack(client=moto)
    found, created = stack.deploy("replace", pool)
    assert created["Status"] == "SUCCESS", created["Reason"]
    during = moto.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert during["LambdaConfig"] == triggers | {"PreTokenGeneration": HOOK}
    assert {name for name in before if before[name] != during[name]} == {"LambdaConfig"}
    properties = {
        "UserPoolId": pool,
        "HookArn": HOOK,
        "FoundHolder": found["Data"]["Holder"],
    }
    gone = stack.request("Delete", TRIGGER, pool, **properties)
    assert gone["Status"] == "SUCCESS"
    assert moto.describe_user_pool(UserPoolId=pool)["UserPool"] == before
