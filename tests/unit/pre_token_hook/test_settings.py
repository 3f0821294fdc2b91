"""The hook's settings: safe by default, bounded, and every problem at once."""

from __future__ import annotations

import pytest

from environment import SettingsError
from pre_token_hook.settings import FailureRule, Settings
from tests.unit.pre_token_hook.triggers import Bench


def _problems(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(environ)
    return raised.value.problems


def test_the_defaults_are_safe() -> None:
    """Without any variable nobody is exempt and a failure refuses."""
    settings = Settings.from_env({})
    assert settings == Settings(
        deployment="default",
        exempt_client_ids=frozenset(),
        exempt_groups=frozenset(),
        failure_rule=FailureRule.REFUSE,
        connect_timeout_ms=300,
        read_timeout_ms=700,
        max_attempts=2,
        ledger_table="",
        ledger_timeout_ms=250,
        mark_margin_seconds=15,
        local_endpoint=None,
    )
    assert settings.unsafe_choices == ()


@pytest.mark.parametrize(
    ("attempts", "connect_ms", "read_ms", "longest_ms"),
    [(1, 300, 900, 1200), (2, 300, 900, 3400), (3, 50, 50, 3300), (2, 50, 50, 1200)],
)
def test_the_longest_time_is_added_up(
    attempts: int, connect_ms: int, read_ms: int, longest_ms: int
) -> None:
    """Each attempt costs both time-outs, and each retry a pause of up to 1 s, 2 s and so on."""
    settings = Settings.from_env(
        {
            "MAX_ATTEMPTS": str(attempts),
            "CONNECT_TIMEOUT_MS": str(connect_ms),
            "READ_TIMEOUT_MS": str(read_ms),
        }
    )
    assert settings.longest_ms == settings.sign_out_ms == longest_ms


def test_marking_takes_its_own_time() -> None:
    """Two writes to the ledger come on top of signing out, which does not wait for them."""
    settings = Settings.from_env({"LEDGER_TABLE": "t", "LEDGER_TIMEOUT_MS": "200"})
    assert (settings.sign_out_ms, settings.longest_ms) == (3000, 3400)


@pytest.mark.parametrize(
    ("attempts", "connect_ms", "read_ms"),
    [("1", "500", "3000"), ("2", "350", "900"), ("3", "50", "116")],
)
def test_the_trigger_is_answered_in_time(attempts: str, connect_ms: str, read_ms: str) -> None:
    """Time-outs that add up to 3.5 s are taken, a millisecond more is not."""
    environ = {"MAX_ATTEMPTS": attempts, "CONNECT_TIMEOUT_MS": connect_ms}
    longest = Settings.from_env(environ | {"READ_TIMEOUT_MS": read_ms}).longest_ms
    assert 3498 <= longest <= 3500
    if read_ms == "3000":
        (problem,) = _problems(
            **environ | {"CONNECT_TIMEOUT_MS": "501", "READ_TIMEOUT_MS": read_ms}
        )
    else:
        (problem,) = _problems(**environ, READ_TIMEOUT_MS=str(int(read_ms) + 1))
    assert problem.startswith("MAX_ATTEMPTS: with CONNECT_TIMEOUT_MS, READ_TIMEOUT_MS")
    assert problem.endswith("of Cognito's 5000: stay within 3500")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("CONNECT_TIMEOUT_MS", 50, 2000), ("READ_TIMEOUT_MS", 50, 3000), ("MAX_ATTEMPTS", 1, 3)],
)
def test_numbers_have_their_limits(name: str, least: int, most: int) -> None:
    """The smallest and the greatest number are taken, their neighbours are not."""
    others = {"MAX_ATTEMPTS": "1", "CONNECT_TIMEOUT_MS": "50", "READ_TIMEOUT_MS": "50"}
    for number in (least, most):
        assert getattr(Settings.from_env(others | {name: str(number)}), name.lower()) == number
    for number in (least - 1, most + 1):
        problems = _problems(**others | {name: str(number)})
        assert problems == (f"{name}: must be {least} to {most}, is {number}",)


def test_every_problem_is_reported_at_once() -> None:
    """The operator sees all that is wrong in the first log line."""
    problems = _problems(
        EXEMPT_CLIENT_IDS="a,,b",
        EXEMPT_GROUPS="a b",
        FAILURE_RULE="ignore",
        CONNECT_TIMEOUT_MS="0.3",
        READ_TIMEOUT_MS="9s",
        MAX_ATTEMPTS="many",
        LOCAL_ENDPOINT="http://example.com",
    )
    assert [problem.partition(":")[0] for problem in problems] == [
        "EXEMPT_CLIENT_IDS",
        "EXEMPT_GROUPS",
        "FAILURE_RULE",
        "CONNECT_TIMEOUT_MS",
        "READ_TIMEOUT_MS",
        "MAX_ATTEMPTS",
        "LOCAL_ENDPOINT",
    ]


def test_unsafe_choices_are_said_at_start() -> None:
    """Every choice that lets an older session live on stands in a warning at start."""
    environ = {
        "EXEMPT_CLIENT_IDS": "kiosk-client",
        "EXEMPT_GROUPS": "support-group",
        "FAILURE_RULE": "admit",
        "LOCAL_ENDPOINT": "http://localhost:1",
    }
    (line,) = Bench(environ).lines()
    assert (line["level"], line["message"]) == ("WARNING", "unsafe settings")
    assert line["unsafe_choices"] == [
        "FAILURE_RULE=admit",
        "EXEMPT_CLIENT_IDS",
        "EXEMPT_GROUPS",
        "LOCAL_ENDPOINT",
    ]


def test_safe_settings_start_in_silence() -> None:
    """Without an unsafe choice there is nothing to warn of."""
    assert Bench().lines() == []
