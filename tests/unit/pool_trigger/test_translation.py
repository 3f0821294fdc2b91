"""The lists of members against the SDK's model, and the rules for what Cognito refuses."""

from __future__ import annotations

from typing import Any

import pytest

from pool_trigger.translation import (
    CARRIED,
    KEPT_UNSAID,
    NEVER_EMPTY,
    READ_ONLY,
    RENAMED,
    VOLATILE,
    UnknownSettingsError,
    differences,
    update_of,
)

from .every_setting import DESCRIPTION, INPUT, POOL, every_setting, lists


def test_every_member_of_the_input_has_been_thought_about() -> None:
    """A member that Cognito adds to UpdateUserPool fails here until it is in a list."""
    assert set(INPUT.members) == CARRIED | KEPT_UNSAID | set(RENAMED.values())


def test_every_member_of_the_description_has_been_thought_about() -> None:
    """A member that Cognito adds to DescribeUserPool fails here until it is in a list."""
    assert set(DESCRIPTION.members) == CARRIED | KEPT_UNSAID | set(RENAMED) | READ_ONLY


def test_no_member_is_in_two_lists() -> None:
    """What becomes of a member is said once."""
    assert len(CARRIED | KEPT_UNSAID | READ_ONLY | set(RENAMED)) == (
        len(CARRIED) + len(KEPT_UNSAID) + len(READ_ONLY) + len(RENAMED)
    )
    assert VOLATILE <= READ_ONLY


def test_what_is_carried_has_one_shape() -> None:
    """What is described may be given as it is, to the last member of each structure."""
    for name in CARRIED:
        assert INPUT.members[name].name == DESCRIPTION.members[name].name


def test_lists_that_are_never_empty_are_those_of_the_model() -> None:
    """An empty list is left out where Cognito asks for a member, and nowhere else."""
    found = lists(INPUT)
    assert {name for name, each in found.items() if each.metadata.get("min", 0)} == NEVER_EMPTY


def test_a_new_setting_stops_the_write() -> None:
    """A described member in none of the lists would be reset, so that there is no input."""
    with pytest.raises(UnknownSettingsError, match=r"^NewOne$"):
        update_of(every_setting() | {"NewOne": {"IsSet": True}})


@pytest.mark.parametrize("nothing", [None, "", {}, {"Inner": None}, {"Inner": {"Text": ""}}])
def test_what_says_nothing_is_not_given(nothing: Any) -> None:
    """Empty values are refused, or switch something on by being there."""
    assert "DeviceConfiguration" not in update_of(
        every_setting() | {"DeviceConfiguration": nothing, "SomethingNew": nothing}
    )


def test_false_zero_and_an_empty_list_say_something() -> None:
    """A list that may be empty, a zero and a false are settings as any other."""
    update = update_of(
        {
            "Id": POOL,
            "AutoVerifiedAttributes": [],
            "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
            "Policies": {"PasswordPolicy": {"RequireNumbers": False, "PasswordHistorySize": 0}},
            "AccountRecoverySetting": {"RecoveryMechanisms": []},
        }
    )
    assert update == {
        "UserPoolId": POOL,
        "AutoVerifiedAttributes": [],
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
        "Policies": {"PasswordPolicy": {"RequireNumbers": False, "PasswordHistorySize": 0}},
    }


def test_the_life_of_a_first_password_is_given_once() -> None:
    """Cognito refuses the older member from pools that have the newer one."""
    update = update_of(every_setting())
    assert update["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 30
    assert "UnusedAccountValidityDays" not in update["AdminCreateUserConfig"]


def test_an_old_pool_keeps_the_older_member() -> None:
    """A pool whose password policy is from before 2019 has nothing else."""
    pool = every_setting()
    del pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    assert update_of(pool)["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == 30


def test_default_names_of_acr_levels_are_not_given() -> None:
    """Cognito describes them for every pool, and takes none from a pool in the tier Lite."""
    default = {f"Level{n}": f"urn:cognito:loa:{n}" for n in range(1, 5)}
    assert "AcrConfiguration" not in update_of(every_setting() | {"AcrConfiguration": default})
    own = default | {"Level4": "urn:example:high"}
    update = update_of(every_setting() | {"AcrConfiguration": own})
    assert update["AcrConfiguration"] == {"Level4": "urn:example:high"}


def test_tags_of_aws_are_not_given() -> None:
    """Nobody but AWS may set them, and the others are still all there."""
    tags = {"team": "identity", "aws:servicecatalog:arn": "1", "AWS:other": "2"}
    assert update_of(every_setting() | {"UserPoolTags": tags})["UserPoolTags"] == {
        "team": "identity"
    }


def test_the_description_is_left_alone() -> None:
    """It is what the pool is compared with afterwards."""
    pool = every_setting() | {"UserPoolTags": {"aws:x": "1"}}
    update = update_of(pool)
    update["Policies"]["PasswordPolicy"]["MinimumLength"] = 6
    assert pool == every_setting() | {"UserPoolTags": {"aws:x": "1"}}


def test_differences_are_named_by_their_path() -> None:
    """What was changed, lost and added, and nothing that changes by itself or says nothing."""
    before, after = every_setting(), every_setting()
    after["Policies"]["PasswordPolicy"]["MinimumLength"] = 6
    del after["LambdaConfig"]["PreSignUp"]
    del before["UserPoolTier"]
    before["EstimatedNumberOfUsers"] = 1
    before["LastModifiedDate"] = None
    after["Status"], before["Status"] = "", None
    assert differences(before, after) == [
        "LambdaConfig.PreSignUp",
        "Policies.PasswordPolicy.MinimumLength",
        "UserPoolTier",
    ]
