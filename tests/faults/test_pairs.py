"""Two faults of different components at once: a sample that covers every fault, or all pairs."""

from __future__ import annotations

import pytest

from authorizer.choices import TokenUse
from tests.faults.fault import Component, Fault, State
from tests.faults.table import all_pairs, covering_pairs
from tests.faults.trial import Trial
from tests.faults.world import World


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All pairs with ``--long``."""
    if "pair" in metafunc.fixturenames:
        pairs = all_pairs() if metafunc.config.getoption("--long") else covering_pairs()
        metafunc.parametrize("pair", list(pairs), ids=lambda pair: f"{pair[0]} + {pair[1]}")


def _components(pair: tuple[Fault, Fault]) -> set[Component]:
    return {fault.component for fault in pair}


def test_two_faults_are_answered_by_the_rule(world: World, pair: tuple[Fault, Fault]) -> None:
    """Whatever else fails, the first fault on a request's way that bites gives the answer."""
    # What happens to a sandbox happens to one that has been at work.
    is_new = Component.SANDBOX not in _components(pair)
    Trial(world, pair, State.COLD if is_new else State.WARM, TokenUse.ACCESS).run()


def test_two_faults_are_answered_by_the_rule_later(world: World, pair: tuple[Fault, Fault]) -> None:
    """The same of a sandbox that has been at work, and of tokens that Cognito does not judge."""
    components = _components(pair)
    is_aged = Component.KEYS in components and Component.SANDBOX not in components
    state = State.AGED if is_aged else State.WARM
    use = TokenUse.ACCESS if Component.COGNITO in components else TokenUse.ID
    Trial(world, pair, state, use).run()


def test_the_sample_covers_every_fault_twice() -> None:
    """No fault is left out of the short form, and each meets two others."""
    met: dict[str, set[str]] = {}
    for one, other in covering_pairs():
        met.setdefault(str(one), set()).add(str(other))
        met.setdefault(str(other), set()).add(str(one))
    assert set(met) == {str(fault) for pair in all_pairs() for fault in pair}
    assert min(len(others) for others in met.values()) >= 2
