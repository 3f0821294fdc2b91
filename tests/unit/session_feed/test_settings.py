"""The feed's environment, and its wiring."""

from __future__ import annotations

import pytest

from environment import SettingsError
from session_feed.settings import Settings
from session_feed.wiring import wire
from tests.unit.session_feed.bench import ENVIRONMENT, event


def test_defaults() -> None:
    """The pool and the table are all that must be said."""
    assert Settings.from_env(ENVIRONMENT) == Settings(
        deployment="default",
        user_pool_id="eu-west-1_Pool1",
        ledger_table="sessions",
        hook_role_arn="",
        write_timeout_ms=3000,
        local_endpoint=None,
    )


def test_every_problem_is_reported() -> None:
    """What is missing or out of range is listed together, by its variable's name."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"USER_POOL_ID": "pool", "WRITE_TIMEOUT_MS": "99"})
    named = [problem.partition(":")[0] for problem in caught.value.problems]
    assert named == ["USER_POOL_ID", "LEDGER_TABLE", "WRITE_TIMEOUT_MS"]


@pytest.mark.parametrize(("milliseconds", "is_good"), [(99, False), (100, True), (10_000, True)])
def test_the_time_out_has_bounds(milliseconds: int, is_good: bool) -> None:
    """A tenth of a second is just enough, ten seconds are just not too much."""
    environment = ENVIRONMENT | {"WRITE_TIMEOUT_MS": str(milliseconds)}
    if is_good:
        assert Settings.from_env(environment).write_timeout_ms == milliseconds
    else:
        with pytest.raises(SettingsError):
            Settings.from_env(environment)


def test_the_zip_finds_its_table_from_its_environment() -> None:
    """An event that needs no write needs no network."""
    feed = wire(ENVIRONMENT, service="session_feed-wired")
    feed.handle(event(errorCode="NotAuthorizedException"))
