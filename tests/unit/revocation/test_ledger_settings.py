"""The settings of the ledger: bounds, defaults, and none of it without a table."""

from __future__ import annotations

import pytest

from authorizer.choices import LedgerOutageRule
from authorizer.revocation.check import RevocationCheck
from authorizer.revocation.ledger_check import LedgerCheck
from authorizer.settings import Settings
from authorizer.wiring import wire
from environment import SettingsError
from ledger.roster import SessionPolicy
from tests.cognito import FakeCognito
from tests.sandbox import ENVIRONMENT
from tests.unit.ledger.bench import ENVIRONMENT as LEDGER_ENVIRONMENT

MINIMAL = ENVIRONMENT | {"LEDGER_TABLE": "sessions", "AWS_REGION": "eu-west-1"}

RANGES = [
    ("MEMORY_TTL_SECONDS", 0, 3600),
    ("LEDGER_TIMEOUT_MS", 50, 1000),
    ("LEDGER_COOLDOWN_MS", 0, 60_000),
    ("SESSION_LIMIT", 1, 100),
    ("SESSION_IDLE_SECONDS", 3600, 315_619_200),
]


def test_without_a_table_there_is_no_ledger() -> None:
    """Its other settings are then not even read, wrong as they may be."""
    assert Settings.from_env(ENVIRONMENT | {"SESSION_LIMIT": "many"}).ledger is None


def test_defaults() -> None:
    """With a table and nothing else: five seconds of memory, GetUser in outages, no limit."""
    ledger = Settings.from_env(MINIMAL).ledger
    assert ledger is not None
    assert (ledger.table, ledger.region) == ("sessions", "eu-west-1")
    assert (ledger.memory_ttl_seconds, ledger.timeout_ms, ledger.cooldown_ms) == (5, 300, 1000)
    assert ledger.outage_rule is LedgerOutageRule.GETUSER
    assert ledger.limit.policy is SessionPolicy.OFF
    assert (ledger.limit.sessions, ledger.limit.idle_seconds) == (1, 30 * 86_400)


@pytest.mark.parametrize(("name", "least", "most"), RANGES)
def test_numbers_have_bounds(name: str, least: int, most: int) -> None:
    """Just enough and just not too much are taken; the next on either side is a problem."""
    for value in (least, most):
        assert Settings.from_env(MINIMAL | {name: str(value)}).ledger is not None
    for value in (least - 1, most + 1):
        with pytest.raises(SettingsError, match=name):
            Settings.from_env(MINIMAL | {name: str(value)})


@pytest.mark.parametrize("name", ["LEDGER_OUTAGE_RULE", "SESSION_POLICY"])
def test_choices_are_closed(name: str) -> None:
    """A word that is not offered is a problem, not a default."""
    with pytest.raises(SettingsError, match=name):
        Settings.from_env(MINIMAL | {name: "whatever"})


def test_the_region_must_be_known() -> None:
    """Without it nobody could be asked; Lambda sets it."""
    with pytest.raises(SettingsError, match="AWS_REGION"):
        Settings.from_env(ENVIRONMENT | {"LEDGER_TABLE": "sessions"})


def test_the_ledger_is_wired_only_where_there_is_one() -> None:
    """Without a table the check is the one that was there before; with one it stands in front."""
    without = wire(ENVIRONMENT, transport=FakeCognito())
    beside = wire(LEDGER_ENVIRONMENT, transport=FakeCognito())
    assert isinstance(without._revocation, RevocationCheck)
    assert isinstance(beside._revocation, LedgerCheck)
