"""Both resources through a stack's life: made, changed, repeated, failed halfway, and deleted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from pool_trigger.resources import FOUND, TRIGGER
from tests.unit.native_sessions.stack import refusal

from .cognito import FakeCognito
from .every_setting import HOOK, OTHER, POOL, every_setting
from .stack import Stack, wanted

OTHER_POOL = "eu-west-1_Other"
NEW_HOOK = f"{HOOK}2"
BUSY = "ConcurrentModificationException"


def held_by(holder: str | None) -> Stack:
    return Stack(FakeCognito({POOL: every_setting(holder)}))


def test_a_free_trigger_is_taken_and_freed() -> None:
    """The hook holds the trigger while the stack is there, and nobody does afterwards."""
    stack = held_by(None)
    found, created = stack.deploy()
    assert created["Status"] == "SUCCESS"
    assert created["PhysicalResourceId"] == POOL
    assert found["Data"] == {"Holder": "none"}
    assert stack.holder == HOOK
    stack.delete(found, created)
    assert stack.holder is None


def test_another_functions_trigger_is_refused() -> None:
    """The operator is told who holds it and what to do, and the pool is not written."""
    stack = held_by(OTHER)
    found, failed = stack.deploy()
    assert failed["Status"] == "FAILED"
    assert OTHER in failed["Reason"]
    assert "existingTriggerRule to replace" in failed["Reason"]
    assert stack.delete(found, failed)["Status"] == "SUCCESS"
    assert stack.holder == OTHER
    assert stack.cognito.writes == []


def test_another_functions_trigger_is_replaced_where_that_is_said() -> None:
    """It is kept in CloudFormation's keeping, and given back with the stack."""
    stack = held_by(OTHER)
    found, created = stack.deploy("replace")
    assert found["Data"] == {"Holder": f"V3_0/{OTHER}"}
    assert stack.holder == HOOK
    stack.delete(found, created)
    assert stack.holder == OTHER


def test_a_trigger_that_somebody_else_took_since_is_left_to_them() -> None:
    """Deleting puts back what was found only where the hook still holds the trigger."""
    stack = held_by(None)
    found, created = stack.deploy()
    stack.cognito.pools[POOL] = every_setting(OTHER)
    assert stack.delete(found, created)["Status"] == "SUCCESS"
    assert stack.holder == OTHER
    assert len(stack.cognito.writes) == 1


@pytest.mark.parametrize("attached", [HOOK, f"{HOOK}:live", f"{HOOK}:7"])
def test_a_hook_that_was_attached_by_hand_is_adopted(attached: str) -> None:
    """Any version of it is ours; afterwards nobody holds the trigger, and not a deleted hook."""
    stack = held_by(attached)
    found, created = stack.deploy()
    assert (found["Data"], created["Status"]) == ({"Holder": "none"}, "SUCCESS")
    assert stack.holder == HOOK
    stack.delete(found, created)
    assert stack.holder is None


def test_a_function_with_a_longer_name_is_another_one() -> None:
    """Names are compared as a whole."""
    _, failed = held_by(NEW_HOOK).deploy()
    assert NEW_HOOK in failed["Reason"]


def test_repeated_requests_answer_and_leave_the_same() -> None:
    """A request that is carried out twice writes once, and keeps the first finding."""
    stack = held_by(OTHER)
    found, created = stack.deploy("replace")
    again = stack.request("Create", TRIGGER, **wanted(found, "replace"))
    assert again == created
    refound = stack.request(
        "Update", FOUND, found["PhysicalResourceId"], UserPoolId=POOL, HookArn=HOOK
    )
    assert refound == found
    assert len(stack.cognito.writes) == 1
    stack.delete(found, created)
    stack.delete(found, created)
    assert stack.holder == OTHER
    assert len(stack.cognito.writes) == 2


def test_a_new_hook_takes_the_old_ones_place() -> None:
    """The function's successor is no stranger, whatever the rule; the finding stays."""
    stack = held_by(None)
    found, _ = stack.deploy()
    updated = stack.request(
        "Update", TRIGGER, POOL, wanted(found), **wanted(found, "refuse", POOL, NEW_HOOK)
    )
    assert (updated["Status"], updated["PhysicalResourceId"]) == ("SUCCESS", POOL)
    assert stack.holder == NEW_HOOK


def test_an_update_that_failed_halfway_can_be_rolled_back() -> None:
    """Cognito did it and did not say so: the way back knows both functions."""
    stack = held_by(None)
    found, _ = stack.deploy()
    new = wanted(found, "refuse", POOL, NEW_HOOK)
    stack.cognito.refusals = [ReadTimeoutError(endpoint_url="https://cognito.example.com")]
    failed = stack.request("Update", TRIGGER, POOL, wanted(found), **new)
    assert (failed["Status"], failed["Reason"]) == ("FAILED", "ReadTimeoutError")
    stack.cognito.pools[POOL] = every_setting(NEW_HOOK)
    back = stack.request("Update", TRIGGER, POOL, new, **wanted(found))
    assert back["Status"] == "SUCCESS"
    assert stack.holder == HOOK


def test_a_creation_that_failed_halfway_is_put_back() -> None:
    """Rolling back frees the trigger although creating it seemed to have failed."""
    stack = held_by(OTHER)
    stack.cognito.refusals = [ReadTimeoutError(endpoint_url="https://cognito.example.com")]
    found, failed = stack.deploy("replace")
    assert failed["Status"] == "FAILED"
    stack.cognito.pools[POOL] = every_setting(HOOK)
    assert stack.delete(found, failed)["Status"] == "SUCCESS"
    assert stack.holder == OTHER


def test_a_third_function_stops_an_update_too() -> None:
    """Without the rule to replace, what somebody else has attached meanwhile stays."""
    stack = held_by(None)
    found, _ = stack.deploy()
    stack.cognito.pools[POOL] = every_setting(OTHER)
    new = wanted(found, "refuse", POOL, NEW_HOOK)
    failed = stack.request("Update", TRIGGER, POOL, wanted(found), **new)
    assert OTHER in failed["Reason"]
    assert stack.holder == OTHER


def test_another_pool_is_another_resource() -> None:
    """With the pool both ids change, so that CloudFormation deletes the old pool's resources."""
    second = every_setting(OTHER) | {"Id": OTHER_POOL}
    stack = Stack(FakeCognito({POOL: every_setting(None), OTHER_POOL: second}))
    found, created = stack.deploy()
    refound = stack.request(
        "Update", FOUND, found["PhysicalResourceId"], UserPoolId=OTHER_POOL, HookArn=HOOK
    )
    moved = stack.request(
        "Update", TRIGGER, POOL, wanted(found), **wanted(refound, "replace", OTHER_POOL)
    )
    assert refound["PhysicalResourceId"] == f"{OTHER_POOL}/V3_0/{OTHER}"
    assert moved["PhysicalResourceId"] == OTHER_POOL
    stack.delete(found, created)
    assert stack.holder is None
    assert second["LambdaConfig"]["PreTokenGeneration"] == HOOK


def test_a_pool_that_is_gone_has_nothing_to_put_back() -> None:
    """Deleting the stack succeeds when somebody has deleted the pool."""
    stack = held_by(None)
    found, created = stack.deploy()
    stack.cognito.pools.clear()
    assert stack.delete(found, created)["Status"] == "SUCCESS"


def test_a_pool_that_never_was_fails_and_is_deleted_without_harm() -> None:
    """Rolling back a resource that found nothing asks Cognito nothing."""
    stack = Stack(FakeCognito({}))
    failed = stack.request("Create", FOUND, UserPoolId=POOL, HookArn=HOOK)
    assert "ResourceNotFoundException" in failed["Reason"]
    gone = stack.request(
        "Delete", FOUND, failed["PhysicalResourceId"], UserPoolId=POOL, HookArn=HOOK
    )
    assert gone["Status"] == "SUCCESS"


def test_a_delete_that_cognito_refuses_fails() -> None:
    """That the trigger was not freed is said, and not passed over."""
    stack = held_by(None)
    found, created = stack.deploy()
    stack.cognito.refusals = [refusal("UserImportInProgressException")]
    assert stack.delete(found, created)["Reason"] == (
        "UserImportInProgressException: Cognito's words"
    )


@pytest.mark.parametrize(("times", "status"), [(2, "SUCCESS"), (3, "FAILED")])
def test_a_pool_that_others_are_changing_is_read_again(times: int, status: str) -> None:
    """What they have changed is carried over; the third refusal in a row is an answer."""

    class Meanwhile(FakeCognito):
        def update_user_pool(self, **parameters: Any) -> Any:
            if self.refusals:
                self.pools[POOL]["Policies"]["PasswordPolicy"]["MinimumLength"] = 77
            return super().update_user_pool(**parameters)

    stack = Stack(Meanwhile(refusals=[refusal(BUSY) for _ in range(times)]))
    _, created = stack.deploy()
    assert created["Status"] == status
    assert stack.pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 77
    assert stack.pauses == [2.0, 2.0]


@pytest.mark.parametrize(
    ("action", "setting"),
    [("iam:PassRole", "existingPoolSmsRoleArns"), ("kms:CreateGrant", "existingPoolKeyArns")],
)
def test_a_missing_permission_names_the_setting_that_gives_it(action: str, setting: str) -> None:
    """Cognito's words say which role or key; ours say where to put it."""
    stack = held_by(None)
    denied = refusal("AccessDeniedException")
    said = f"… is not authorized to perform: {action} on resource: x"
    denied.response["Error"]["Message"] = said
    stack.cognito.refusals = [denied]
    _, failed = stack.deploy()
    assert failed["Reason"].startswith(
        f"AccessDeniedException: … is not authorized to perform: {action}"
    )
    assert setting in failed["Reason"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("Rule", "chain"), ("FoundHolder", "x"), ("HookArn", ""), ("UserPoolId", "")],
)
def test_properties_are_checked(name: str, value: str) -> None:
    """What the template got wrong is named by its property, and the pool is not written."""
    stack = held_by(None)
    found = stack.request("Create", FOUND, UserPoolId=POOL, HookArn=HOOK)
    kind = "Delete" if name == "FoundHolder" else "Create"
    failed = stack.request(kind, TRIGGER, POOL, **wanted(found) | {name: value})
    assert name in failed["Reason"]
    assert stack.cognito.writes == []


def test_other_resources_are_not_for_this_function() -> None:
    """A template that names the function for something else fails with its name."""
    failed = held_by(None).request("Create", "Custom::SomethingElse")
    assert "Custom::SomethingElse" in failed["Reason"]
