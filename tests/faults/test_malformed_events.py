"""Something else than the gateway's events, between good ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.events import STAGE_ARN, rest_request
from tests.faults.fault import Component
from tests.faults.world import World


def nested(depth: int) -> Any:
    """An event that is nothing but depth."""
    event: Any = {}
    for _ in range(depth):
        event = {"headers": event}
    return event


_EVENTS: dict[str, Any] = {
    "nothing": None,
    "a text": "event",
    "a list": [rest_request("Bearer x")],
    "an empty object": {},
    "another service's": {"Records": [{"eventSource": "aws:sqs"}]},
    "an integration's": rest_request("Bearer x") | {"type": "AWS_PROXY"},
    "of an unknown version": rest_request("Bearer x") | {"version": "3.0"},
    "without an address": {"type": "TOKEN", "authorizationToken": "Bearer x"},
    "with another's address": {
        "type": "TOKEN",
        "authorizationToken": "Bearer x",
        "methodArn": "arn:aws:s3:::bucket/key",
    },
    "with an address that is none": {"type": "TOKEN", "methodArn": ["a"]},
    "with an address without a method": {"type": "TOKEN", "methodArn": STAGE_ARN},
    "with names that are numbers": {1: 2, 3.5: None},
    "deep": nested(5000),
    "large": {"type": "A" * 1_000_000},
}


@pytest.mark.parametrize("event", _EVENTS.values(), ids=_EVENTS.keys())
def test_a_malformed_event_touches_nothing(world: World, event: Any) -> None:
    """It is answered 503 without asking anybody, and those around it do not notice."""
    token = world.access_token()
    assert world.call(token).reason is None
    asked = {of: side.asked for of, side in world.far.sides.items()}
    seen = world.send(event)
    assert (seen.status, seen.reason) == (503, "event_malformed")
    assert {of: side.asked for of, side in world.far.sides.items()} == asked
    assert (world.call(token).reason, asked[Component.COGNITO]) == (None, 1)
