"""The trigger among the others, in one member or in two, and as CloudFormation keeps it."""

from __future__ import annotations

import re

import pytest

from pool_trigger.trigger import Holder, from_text, holder_of, lambda_config, to_text

from .every_setting import HOOK, OTHER, every_setting


def test_both_members_say_the_same() -> None:
    """Cognito refuses two functions for one trigger."""
    config = lambda_config(every_setting(OTHER), Holder(HOOK, "V2_0"))
    assert config["PreTokenGeneration"] == HOOK
    assert config["PreTokenGenerationConfig"] == {"LambdaArn": HOOK, "LambdaVersion": "V2_0"}


@pytest.mark.parametrize(
    ("config", "holder"),
    [
        (None, None),
        ({}, None),
        ({"PreSignUp": OTHER}, None),
        ({"PreTokenGeneration": OTHER}, Holder(OTHER)),
        (
            {"PreTokenGenerationConfig": {"LambdaArn": OTHER, "LambdaVersion": "V1_0"}},
            Holder(OTHER, "V1_0"),
        ),
    ],
)
def test_the_holder_is_found_in_either_member(config: object, holder: Holder | None) -> None:
    """Pools from before versions have the legacy member alone."""
    assert holder_of({"LambdaConfig": config}) == holder


def test_a_legacy_trigger_stays_one() -> None:
    """Where the pool names no version, none is added."""
    assert lambda_config({}, Holder(HOOK)) == {"PreTokenGeneration": HOOK}


def test_no_version_is_the_first_one() -> None:
    """Cognito may describe in two members what was given in one."""
    assert Holder(HOOK).is_same(Holder(HOOK, "V1_0"))
    assert not Holder(HOOK).is_same(Holder(HOOK, "V2_0"))
    assert not Holder(HOOK).is_same(Holder(OTHER))
    assert not Holder(HOOK).is_same(None)


@pytest.mark.parametrize("holder", [None, Holder(HOOK), Holder(f"{HOOK}:live", "V3_0")])
def test_a_holder_comes_back_from_its_text(holder: Holder | None) -> None:
    """What CloudFormation keeps says all that is put back."""
    assert from_text(to_text(holder)) == holder


@pytest.mark.parametrize("text", ["", "None", "V1_0", f"V1/{HOOK}", HOOK, f"V1_0/{HOOK} x"])
def test_other_texts_are_no_holders(text: str) -> None:
    """Nothing is put back that this function has not found."""
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        from_text(text)
