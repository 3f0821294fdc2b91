"""The whole decision over TLS: what goes wrong inside it is answered as without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from authorizer.choices import TokenUse
from tests.faults.certificates import Authority
from tests.faults.conftest import MakeWorld
from tests.faults.far_sides import FarSides
from tests.faults.fault import Component, Fault, State
from tests.faults.misbehaviour import BROKEN, UNUSUAL
from tests.faults.table import COGNITO, KEYS, LEDGER
from tests.faults.trial import Trial

_INSIDE = {"keeps silent", *BROKEN, *UNUSUAL}
_STATES = {
    Component.COGNITO: State.WARM,
    Component.KEYS: State.AGED,
    Component.LEDGER: State.WARM,
}


@pytest.fixture(scope="module")
def secure_far_sides(authority: Authority) -> Iterator[FarSides]:
    """Far sides that prove who they are."""
    far = FarSides(authority, is_secure=True)
    yield far
    far.close()


@pytest.mark.parametrize(
    "fault", [f for f in (*COGNITO, *KEYS, *LEDGER) if f.name in _INSIDE], ids=str
)
def test_a_fault_inside_tls_is_answered_as_the_table_says(
    secure_far_sides: FarSides, make_world: MakeWorld, fault: Fault
) -> None:
    """Records and alerts of TLS change nothing in what a fault is answered."""
    world = make_world(far=secure_far_sides)
    Trial(world, [fault], _STATES[fault.component], TokenUse.ACCESS).run()
