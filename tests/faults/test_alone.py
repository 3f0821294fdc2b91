"""Every fault of the table by itself, in each state of the sandbox that makes a difference."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from authorizer.choices import TokenUse
from tests.faults.fault import Component, Fault, State
from tests.faults.table import TABLE
from tests.faults.trial import Trial
from tests.faults.world import World

_ACCESS, _ID = TokenUse.ACCESS, TokenUse.ID
_STATES = {
    Component.COGNITO: [(State.COLD, _ACCESS), (State.WARM, _ACCESS)],
    Component.KEYS: [(State.COLD, _ACCESS), (State.AGED, _ACCESS), (State.SPENT, _ACCESS)],
    Component.LEDGER: [(s, use) for s in (State.COLD, State.WARM) for use in (_ACCESS, _ID)],
    Component.SANDBOX: [(State.WARM, _ACCESS), (State.WARM, _ID)],
}


def _cases() -> Iterator[object]:
    for fault in TABLE:
        states = _STATES[fault.component]
        if fault.is_slow and not fault.in_pairs:
            states = states[:1]
        for state, use in states:
            yield pytest.param(fault, state, use, id=f"{fault}, {state.name.lower()}, {use}")


@pytest.mark.parametrize(("fault", "state", "use"), list(_cases()))
def test_a_fault_is_answered_as_the_table_says(
    world: World, fault: Fault, state: State, use: TokenUse
) -> None:
    """The catalogued answer within the bound; then the next good request is granted."""
    Trial(world, [fault], state, use).run()
