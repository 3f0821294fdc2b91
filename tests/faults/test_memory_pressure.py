"""Memory that runs short: caches at their bounds, and a process that can't have any more."""

from __future__ import annotations

import pytest

from tests.faults.conftest import MakeWorld
from tests.faults.fault import Component, Squeeze
from tests.faults.world import PATIENT, World
from tests.tokens import NOW, SessionMaker, sign

_SESSIONS = 5


@pytest.mark.parametrize("entries", [1, 2, _SESSIONS])
def test_a_full_memory_costs_questions_and_changes_no_answer(
    make_world: MakeWorld, entries: int
) -> None:
    """With room for a few verdicts and rows only, everyone still gets the answer that is theirs."""
    world = make_world(PATIENT | {"VERDICT_MAX_ENTRIES": str(entries)})
    sessions = [SessionMaker() for _ in range(_SESSIONS)]
    tokens = [sign(session.access(exp=NOW + 86_400)) for session in sessions]
    ended = {0, 3}
    world.far.issuer.revoked |= {sessions[number].origin_jti for number in ended}
    for _ in range(3):
        for number, token in enumerate(tokens):
            reason = "session_revoked" if number in ended else None
            assert world.call(token).reason == reason
        world.advance(4)


def test_a_full_memory_does_not_bring_a_revoked_session_back(make_world: MakeWorld) -> None:
    """A refusal that others have pushed out of memory is found again in the ledger."""
    world = make_world(PATIENT | {"VERDICT_MAX_ENTRIES": "1"})
    token = world.access_token()
    world.far.issuer.revoked.add(world.session.origin_jti)
    assert world.call(token).reason == "session_revoked"
    assert world.call(sign(SessionMaker().access())).reason is None
    world.far.issuer.revoked.clear()
    assert world.call(token).reason == "session_revoked"


@pytest.mark.parametrize("squeeze", list(Squeeze))
@pytest.mark.parametrize("component", [Component.COGNITO, Component.KEYS, Component.LEDGER])
def test_running_out_of_memory_again_and_again_leaves_nothing_behind(
    world: World, component: Component, squeeze: Squeeze
) -> None:
    """Ten failures in a row are ten answers, and the first good request after them is granted."""
    token = world.access_token()
    for routed in world.routed:
        routed.squeezes[component] = squeeze
    for _ in range(10):
        seen = world.call(token)
        assert (seen.status, seen.reason) == (503, "internal_fault")
        assert seen.line["fault"].startswith("MemoryError at ")
    world.mend()
    assert world.call(token).reason is None
