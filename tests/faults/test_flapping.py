"""A component that works every other time, and one that fails for a while."""

from __future__ import annotations

import pytest

from tests.faults.fault import Component
from tests.faults.misbehaviour import STRANGE
from tests.faults.moods import every_other_time, failing
from tests.faults.world import World
from tests.tokens import key_set, sign

_DOWN = STRANGE["says 503"]
_COOL_DOWN_SECONDS = 5.0


def test_a_flapping_key_set_is_asked_once_in_a_cool_down(world: World) -> None:
    """A new sandbox refuses until a fetch succeeds, fetches as rarely as allowed, and is done."""
    keys = world.far.sides[Component.KEYS]
    keys.be(every_other_time(_DOWN))
    token = world.access_token()
    assert [world.call(token).reason for _ in range(5)] == ["keys_unavailable"] * 5
    assert keys.asked == 1
    world.advance(_COOL_DOWN_SECONDS - 0.1)
    assert (world.call(token).reason, keys.asked) == ("keys_unavailable", 1)
    world.advance(0.1)
    assert (world.call(token).reason, keys.asked) == (None, 2)
    assert [world.call(token).reason for _ in range(5)] == [None] * 5
    assert keys.asked == 2


def test_a_flapping_key_set_does_not_take_keys_away(world: World) -> None:
    """Keys that were fetched once serve through every failure to fetch them again."""
    token = world.access_token()
    assert world.call(token).reason is None
    keys = world.far.sides[Component.KEYS]
    keys.be(every_other_time(_DOWN))
    for hour in range(1, 20):
        world.advance(3601)
        assert world.call(token).reason is None, hour
    # Every hour one try that fails, and one after the next hour that succeeds.
    assert keys.asked == 20


def test_a_rotation_is_accepted_though_the_key_set_flaps(world: World) -> None:
    """The first fetch for the new key's name fails; the next, a cool-down later, brings it."""
    assert world.call(world.access_token()).reason is None
    world.far.issuer.keys = key_set("key1", "key2")
    world.far.sides[Component.KEYS].be(every_other_time(_DOWN))
    rotated = sign(world.session.access(), key="key2")
    assert world.call(rotated).reason == "keys_unavailable"
    world.advance(_COOL_DOWN_SECONDS)
    assert world.call(rotated).reason is None


@pytest.mark.parametrize("code", ["TooManyRequestsException", "InternalErrorException"])
def test_a_flapping_cognito_is_asked_anew_each_time(world: World, code: str) -> None:
    """No outage is remembered, not for a moment: every request asks, and each second is granted."""
    cognito = world.far.sides[Component.COGNITO]
    cognito.be(every_other_time(failing(code)))
    token = world.access_token()
    for turn in range(1, 11):
        world.advance(16)
        assert (world.call(token).status, cognito.asked) == (503 if turn % 2 else 200, turn)


def test_a_flapping_ledger_is_left_alone_for_its_cool_down(world: World) -> None:
    """One request in a second waits for a ledger that is down; the others do without at once."""
    ledger = world.far.sides[Component.LEDGER]
    ledger.be(_DOWN)
    token = world.id_token()
    assert [world.call(token).reason for _ in range(5)] == ["ledger_unavailable"] * 5
    assert ledger.asked == 1
    world.mend()
    assert (world.call(token).reason, ledger.asked) == ("ledger_unavailable", 1)
    world.advance(1)
    assert (world.call(token).reason, ledger.asked) == (None, 2)
