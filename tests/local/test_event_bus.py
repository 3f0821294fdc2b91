"""How events reach their target: once, twice, in any order, again after a failure, or not."""

from __future__ import annotations

from typing import Any

import pytest

from local.event_bus import EventBus
from tests.local.cognito_bench import USER, CognitoBench


class Target:
    def __init__(self, failures: int = 0) -> None:
        self.heard: list[str] = []
        self._failures = failures

    def __call__(self, event: dict[str, Any]) -> None:
        self.heard.append(event["detail"]["eventName"])
        if self._failures > 0:
            self._failures -= 1
            raise RuntimeError("not now")


def connect(bench: CognitoBench, target: Target) -> EventBus:
    """Two operations have happened: a sign-out, then a deletion."""
    bench.cognito.trail.take()
    bench.sdk.admin_user_global_sign_out(UserPoolId=bench.pool_id, Username=USER)
    bench.sdk.admin_delete_user(UserPoolId=bench.pool_id, Username=USER)
    return EventBus(bench.cognito.trail, target)


@pytest.mark.parametrize(
    ("how", "heard"),
    [
        ({}, ["AdminUserGlobalSignOut", "AdminDeleteUser"]),
        ({"newest_first": True}, ["AdminDeleteUser", "AdminUserGlobalSignOut"]),
        ({"times": 2}, ["AdminUserGlobalSignOut", "AdminDeleteUser"] * 2),
    ],
)
def test_events_come_when_told_to(
    bench: CognitoBench, how: dict[str, Any], heard: list[str]
) -> None:
    """Nothing is heard before delivery; then everything is, in the order and as often as told."""
    target = Target()
    bus = connect(bench, target)
    assert target.heard == []
    assert bus.deliver(**how) == 2
    assert target.heard == heard
    assert bus.deliver() == 0


def test_events_can_get_lost(bench: CognitoBench) -> None:
    """What was lost does not come later."""
    target = Target()
    bus = connect(bench, target)
    assert bus.lose() == 2
    assert bus.deliver() == 0
    assert target.heard == []


def test_a_failure_is_tried_again_twice(bench: CognitoBench) -> None:
    """A target that fails twice gets the event a third time, and nothing is dead."""
    target = Target(failures=2)
    bus = connect(bench, target)
    bus.deliver()
    assert target.heard == ["AdminUserGlobalSignOut"] * 3 + ["AdminDeleteUser"]
    assert bus.dead_letters == []


def test_a_third_failure_is_the_last(bench: CognitoBench) -> None:
    """Then the event is a dead letter, and the next one has its turn."""
    target = Target(failures=3)
    bus = connect(bench, target)
    bus.deliver()
    assert [e["detail"]["eventName"] for e in bus.dead_letters] == ["AdminUserGlobalSignOut"]
    assert target.heard[-1] == "AdminDeleteUser"
