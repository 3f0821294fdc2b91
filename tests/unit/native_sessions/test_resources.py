"""Both resources through a stack's life: made, changed, repeated, failed halfway, and deleted."""

from __future__ import annotations

import pytest
from botocore.exceptions import ReadTimeoutError

from native_sessions.resources import FOUND, NATIVE_SESSIONS, WHAT_TO_DO

from .stack import POOL, FakeCognito, Stack, refusal, wanted

OTHER_POOL = "eu-west-1_Other"
BUSY = "ConcurrentModificationException"


@pytest.mark.parametrize("before", [("DISABLED", 20), ("ENABLED", 7)])
@pytest.mark.parametrize("maximum", [1, 100])
def test_delete_puts_back_what_was_found(before: tuple[str, int], maximum: int) -> None:
    """Sessions are tracked and limited while the stack is there, and afterwards as before it."""
    stack = Stack(FakeCognito({POOL: before}))
    found, created = stack.deploy(maximum)
    assert created["Status"] == "SUCCESS"
    assert stack.cognito.pools[POOL] == ("ENABLED", maximum)
    properties = wanted(found, maximum)
    stack.request("Delete", NATIVE_SESSIONS, created["PhysicalResourceId"], **properties)
    gone = stack.request("Delete", FOUND, found["PhysicalResourceId"], UserPoolId=POOL)
    assert gone["Status"] == "SUCCESS"
    assert stack.cognito.pools[POOL] == before


def test_cognito_is_told_the_whole_configuration() -> None:
    """The operation replaces everything, so everything is said."""
    stack = Stack()
    stack.deploy(3)
    assert stack.cognito.calls == [
        ("get", {"UserPoolId": POOL}),
        (
            "set",
            {
                "UserPoolId": POOL,
                "UserSessionTracking": "ENABLED",
                "TokenSession": {"MaxPerUser": 3},
            },
        ),
    ]


def test_a_repeated_creation_does_not_take_its_own_work_for_a_finding() -> None:
    """Carried out twice, each request answers the same, and the first finding is put back."""
    stack = Stack()
    found, created = stack.deploy(2)
    again = stack.request("Create", NATIVE_SESSIONS, **wanted(found, 2))
    assert again == created
    stack.request("Delete", NATIVE_SESSIONS, POOL, **wanted(found, 2))
    stack.request("Delete", NATIVE_SESSIONS, POOL, **wanted(found, 2))
    assert stack.cognito.pools[POOL] == ("DISABLED", 20)


def test_an_update_keeps_id_and_finding() -> None:
    """A new limit is set; neither resource is replaced, and what was found first stays found."""
    stack = Stack()
    found, created = stack.deploy(2)
    updated = stack.request(
        "Update", NATIVE_SESSIONS, created["PhysicalResourceId"], **wanted(found, 5)
    )
    assert updated["PhysicalResourceId"] == created["PhysicalResourceId"]
    assert stack.cognito.pools[POOL] == ("ENABLED", 5)
    refound = stack.request("Update", FOUND, found["PhysicalResourceId"], UserPoolId=POOL)
    assert refound == found
    assert refound["Data"] == {"UserSessionTracking": "DISABLED", "MaxPerUser": "20"}


def test_another_pool_is_another_resource() -> None:
    """With the pool both ids change, so that CloudFormation deletes the old pool's resources."""
    stack = Stack(FakeCognito({POOL: ("DISABLED", 20), OTHER_POOL: ("ENABLED", 9)}))
    found, created = stack.deploy(2)
    refound = stack.request("Update", FOUND, found["PhysicalResourceId"], UserPoolId=OTHER_POOL)
    replaced = stack.request(
        "Update",
        NATIVE_SESSIONS,
        created["PhysicalResourceId"],
        **wanted(refound, 2, OTHER_POOL),
    )
    assert refound["Data"] == {"UserSessionTracking": "ENABLED", "MaxPerUser": "9"}
    assert refound["PhysicalResourceId"] != found["PhysicalResourceId"]
    assert replaced["PhysicalResourceId"] != created["PhysicalResourceId"]
    stack.request("Delete", NATIVE_SESSIONS, created["PhysicalResourceId"], **wanted(found, 2))
    assert stack.cognito.pools == {POOL: ("DISABLED", 20), OTHER_POOL: ("ENABLED", 2)}


def test_lite_fails_with_what_to_do_and_rolls_back() -> None:
    """The operator reads which tier or which mode to choose; undoing the failure succeeds."""
    stack = Stack()
    tier = "FeatureUnavailableInTierException"
    stack.cognito.refusals = [refusal(tier), refusal(tier)]
    found, failed = stack.deploy(2)
    assert failed["Status"] == "FAILED"
    assert failed["Reason"] == WHAT_TO_DO
    for word in ("Essentials", "Plus", "sessionMode", "hook", "ledger"):
        assert word in WHAT_TO_DO
    undone = stack.request(
        "Delete", NATIVE_SESSIONS, failed["PhysicalResourceId"], **wanted(found, 2)
    )
    assert undone["Status"] == "SUCCESS"


def test_what_failed_halfway_is_put_back() -> None:
    """Cognito did it but did not say so: rolling back leaves what was found."""
    stack = Stack()
    stack.cognito.refusals = [ReadTimeoutError(endpoint_url="https://cognito.example.com")]
    found, failed = stack.deploy(2)
    assert (failed["Status"], failed["Reason"]) == ("FAILED", "ReadTimeoutError")
    stack.cognito.pools[POOL] = ("ENABLED", 2)
    stack.request("Delete", NATIVE_SESSIONS, failed["PhysicalResourceId"], **wanted(found, 2))
    assert stack.cognito.pools[POOL] == ("DISABLED", 20)


def test_a_finding_that_failed_is_deleted_without_harm() -> None:
    """Rolling back a resource that found nothing asks Cognito nothing."""
    stack = Stack(FakeCognito({}))
    failed = stack.request("Create", FOUND, UserPoolId=POOL)
    assert failed["Status"] == "FAILED"
    assert "ResourceNotFoundException" in failed["Reason"]
    assert failed["PhysicalResourceId"]
    calls = len(stack.cognito.calls)
    gone = stack.request("Delete", FOUND, failed["PhysicalResourceId"], UserPoolId=POOL)
    assert gone["Status"] == "SUCCESS"
    assert len(stack.cognito.calls) == calls


def test_a_pool_that_is_gone_has_nothing_to_put_back() -> None:
    """Deleting the stack succeeds when somebody has deleted the pool."""
    stack = Stack()
    found, created = stack.deploy(2)
    stack.cognito.pools.clear()
    gone = stack.request(
        "Delete", NATIVE_SESSIONS, created["PhysicalResourceId"], **wanted(found, 2)
    )
    assert gone["Status"] == "SUCCESS"


def test_a_delete_that_cognito_refuses_fails() -> None:
    """That the old configuration was not put back is said, and not passed over."""
    stack = Stack()
    found, created = stack.deploy(2)
    stack.cognito.refusals = [refusal("NotAuthorizedException")]
    failed = stack.request(
        "Delete", NATIVE_SESSIONS, created["PhysicalResourceId"], **wanted(found, 2)
    )
    assert failed["Status"] == "FAILED"
    assert failed["Reason"] == "NotAuthorizedException: Cognito's words"


@pytest.mark.parametrize(("times", "status"), [(4, "SUCCESS"), (5, "FAILED")])
def test_a_pool_that_others_are_changing_is_waited_for(times: int, status: str) -> None:
    """Cognito refuses two changes at once; the fifth refusal in a row is taken for an answer."""
    stack = Stack()
    stack.cognito.refusals = [refusal(BUSY) for _ in range(times)]
    _, created = stack.deploy(2)
    assert created["Status"] == status
    assert stack.pauses == [2.0] * 4


@pytest.mark.parametrize(
    "properties",
    [
        {"MaxPerUser": "0"},
        {"MaxPerUser": "101"},
        {"MaxPerUser": "many"},
        {"MaxPerUser": ["1"]},
        {"UserPoolId": ""},
    ],
)
def test_properties_are_checked(properties: dict[str, str]) -> None:
    """What the template got wrong is named by its property, and Cognito is not asked."""
    stack = Stack()
    found = stack.request("Create", FOUND, UserPoolId=POOL)
    failed = stack.request("Create", NATIVE_SESSIONS, **wanted(found, 2) | properties)
    assert failed["Status"] == "FAILED"
    (name,) = properties
    assert name in failed["Reason"]
    assert [kind for kind, _ in stack.cognito.calls] == ["get"]


def test_a_finding_of_another_kind_is_not_put_back() -> None:
    """Nothing but the two values that Cognito knows is ever set."""
    stack = Stack()
    found, _ = stack.deploy(2)
    failed = stack.request(
        "Delete", NATIVE_SESSIONS, POOL, **wanted(found, 2) | {"FoundTracking": "PERHAPS"}
    )
    assert "FoundTracking" in failed["Reason"]


def test_other_resources_are_not_for_this_function() -> None:
    """A template that names the function for something else fails with its name."""
    failed = Stack().request("Create", "Custom::SomethingElse")
    assert "Custom::SomethingElse" in failed["Reason"]
