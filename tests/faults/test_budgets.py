"""How long a decision takes at worst with default settings. These tests cost seconds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from authorizer.choices import TokenUse
from authorizer.settings import Settings
from tests.faults.conftest import MakeWorld
from tests.faults.fault import Component, Fault, State, expected
from tests.faults.misbehaviour import SLOW
from tests.faults.moods import dribbling
from tests.faults.table import COGNITO, KEYS, LEDGER, TABLE
from tests.faults.trial import PROMISED_SECONDS
from tests.faults.world import DEPLOYED, ENVIRONMENT, World

#: What may pass between a time-out and the answer, on a busy machine.
_NOISE_SECONDS = 0.4
_SLOW = [fault for fault in TABLE if fault.is_slow]
_STATES = {
    Component.COGNITO: State.COLD,
    Component.KEYS: State.COLD,
    Component.LEDGER: State.COLD,
    Component.SANDBOX: State.WARM,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every slow fault with ``--long``."""
    if "slow" in metafunc.fixturenames:
        faults = _SLOW if metafunc.config.getoption("--long") else [_named("Cognito: dribbles")]
        metafunc.parametrize("slow", faults, ids=str)


def _named(name: str) -> Fault:
    return next(fault for fault in TABLE if str(fault) == name)


def _budgets_seconds() -> dict[Component, float]:
    """What each component may cost, from the settings."""
    settings = Settings.from_env(ENVIRONMENT)
    assert settings.ledger is not None
    asking = (settings.connect_timeout_ms + settings.read_timeout_ms) / 1000
    return {
        Component.COGNITO: asking,
        Component.KEYS: asking,
        Component.LEDGER: 2 * settings.ledger.timeout_ms / 1000,
        Component.SANDBOX: asking,
    }


def _begin(world: World, fault: Fault) -> None:
    """Without hurrying anybody: that the settings do."""
    world.begin(replace(fault, is_slow=False))


def test_the_budgets_add_up_to_less_than_the_promise() -> None:
    """One deadline cuts all of them off; and no single one could use it up."""
    settings = Settings.from_env(ENVIRONMENT)
    assert settings.decision_budget_ms / 1000 < PROMISED_SECONDS
    assert max(_budgets_seconds().values()) < settings.decision_budget_ms / 1000


def test_a_slow_far_side_costs_its_budget_and_not_more(make_world: MakeWorld, slow: Fault) -> None:
    """Each kind of slowness ends by the time-outs of the component that is slow."""
    world = make_world(DEPLOYED)
    token = world.access_token()
    if _STATES[slow.component] is State.WARM:
        assert world.call(token).reason is None
        world.advance(16)
    _begin(world, slow)
    seen = world.call(token)
    assert seen.reason == expected([slow], _STATES[slow.component], TokenUse.ACCESS)
    assert seen.seconds < _budgets_seconds()[slow.component] + _NOISE_SECONDS
    world.mend(slow)
    world.advance(6)
    assert world.call(token).reason is None


def test_everything_slow_at_once_ends_with_the_decisions_budget(make_world: MakeWorld) -> None:
    """Keys, ledger and Cognito in vain, one after the other: still within the promise."""
    world = make_world(DEPLOYED)
    token = world.access_token()
    assert world.call(token).reason is None
    world.advance(3601)
    for faults in (KEYS, LEDGER, COGNITO):
        _begin(world, next(fault for fault in faults if fault.mood is dribbling))
    seen = world.call(token)
    assert (seen.status, seen.reason) == (503, "issuer_unreachable")
    budget = Settings.from_env(ENVIRONMENT).decision_budget_ms / 1000
    assert sum(_budgets_seconds().values()) > budget
    assert budget <= seen.seconds < PROMISED_SECONDS


def test_every_kind_of_slowness_is_a_row_of_each_component() -> None:
    """No component is spared one of them."""
    for faults in (COGNITO, KEYS, LEDGER):
        assert SLOW.keys() <= {fault.name for fault in faults if fault.is_slow}
