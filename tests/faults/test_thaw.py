"""A sandbox that was frozen for an hour: what it knew before counts for nothing afterwards."""

from __future__ import annotations

import pytest

from ledger.judgement import MarkReason
from ledger.rows import user_name
from tests.cognito import FakeCognito
from tests.faults.far_side import Parting, Turn
from tests.faults.fault import Component
from tests.faults.misbehaviour import STRANGE
from tests.faults.world import World
from tests.tokens import ISSUER, NOW, key_set, sign

_HOUR = 3600.0
_PARTINGS = [Parting.CLOSED, Parting.RESET, Parting.HALF_CLOSED, Parting.FORGOTTEN]


def thaw(world: World, how: Parting = Parting.CLOSED, *, seconds: float = _HOUR + 1) -> None:
    """Be frozen for a while, as a sandbox between two requests."""
    for side in world.far.sides.values():
        side.part(how)
    world.advance(seconds)


@pytest.mark.parametrize("how", _PARTINGS)
def test_a_session_revoked_meanwhile_is_refused_at_once(world: World, how: Parting) -> None:
    """The verdict from before is not used, nor does a stale connection stand in the way."""
    token = world.access_token()
    assert world.call(token).reason is None
    thaw(world, how)
    world.far.issuer.revoked.add(world.session.origin_jti)
    assert world.call(token).reason == "session_revoked"


@pytest.mark.parametrize("how", _PARTINGS)
def test_a_user_marked_meanwhile_is_refused_though_cognito_is_down(
    world: World, how: Parting
) -> None:
    """The rows from before are not used: the first request reads the mark."""
    token = world.access_token()
    assert world.call(token).reason is None
    thaw(world, how)
    world.far.table.rows[user_name(ISSUER, world.session.subject)] = {
        "pk": {"S": user_name(ISSUER, world.session.subject)},
        "issued_not_before": {"N": str(NOW + 1)},
        "issued_reason": {"S": MarkReason.SIGNED_IN_ELSEWHERE.value},
    }
    world.far.sides[Component.COGNITO].be(STRANGE["says 503"])
    seen = world.call(token)
    assert (seen.reason, seen.line["found_by"]) == ("signed_in_elsewhere", "ledger")


@pytest.mark.parametrize("how", _PARTINGS)
def test_a_key_withdrawn_meanwhile_is_trusted_no_more(world: World, how: Parting) -> None:
    """The old keys are past their age, so that the first request fetches the new ones."""
    token = world.access_token()
    assert world.call(token).reason is None
    thaw(world, how)
    world.far.issuer.keys = key_set("key2")
    assert world.call(token).reason == "key_unknown"
    rotated = sign(world.session.access(exp=NOW + 86_400), key="key2")
    assert world.call(rotated).reason is None


def test_keys_outlive_an_outage_for_five_hours_and_no_longer(world: World) -> None:
    """An hour of age, four of grace: a second before the end they serve, at the end they do not."""
    token = world.access_token()
    assert world.call(token).reason is None
    world.far.sides[Component.KEYS].be(STRANGE["says 503"])
    thaw(world, seconds=5 * _HOUR - 1)
    assert world.call(token).reason is None
    world.advance(1)
    assert world.call(token).reason == "keys_unavailable"


def test_an_answer_is_as_old_as_its_question(world: World) -> None:
    """Frozen between question and answer, a sandbox that wakes takes the answer for an hour old."""

    def freeze(turn: Turn) -> bool:
        world.advance(_HOUR)
        turn.send_good()
        return True

    token = world.access_token()
    world.far.sides[Component.COGNITO].be(freeze)
    # Nobody waits for this one any longer; whether its answer was being read is a matter of luck.
    assert world.call(token).reason in (None, "issuer_unreachable")
    world.mend()
    world.far.issuer.revoked.add(world.session.origin_jti)
    assert world.call(token).reason == "session_revoked"


def test_a_table_that_was_emptied_meanwhile_brings_nobody_back(world: World) -> None:
    """A ledger without rows asks Cognito, who still knows."""
    token = world.access_token()
    world.far.issuer.revoked.add(world.session.origin_jti)
    assert world.call(token).reason == "session_revoked"
    assert world.far.table.rows
    thaw(world)
    world.far.table.rows.clear()
    assert world.call(token).reason == "session_revoked"


def test_an_issuer_that_forgot_everything_does_not_bring_a_marked_session_back(
    world: World,
) -> None:
    """What the ledger has once heard of a session holds, whatever Cognito says later."""
    token = world.access_token()
    world.far.issuer.revoked.add(world.session.origin_jti)
    assert world.call(token).reason == "session_revoked"
    thaw(world)
    world.far.issuer = FakeCognito()
    assert world.call(token).reason == "session_revoked"
