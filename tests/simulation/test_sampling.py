"""A sample gives the rates of the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load
from simulation.run import simulate

WHOLE = Load(400, 4_000, 80, calls_per_page=8)
ALL = Effort(requests=4_800, least_seconds=12, watched=0)
#: The same number of sampled requests, in ten times the time.
TENTH = Effort(requests=4_800, least_seconds=120, watched=0)


@pytest.mark.parametrize("level", ["sandbox memory", "ledger", "gateway"])
def test_one_session_in_ten_gives_the_rates_of_all(level: str) -> None:
    """GetUser calls, ledger units and mistakes, within what chance allows."""
    whole, tenth = (
        simulate(level, WHOLE, Limits(), LEVELS[level], effort=effort) for effort in (ALL, TENTH)
    )
    assert (whole.sampled_one_in, tenth.sampled_one_in) == (1, 10)
    for name in ("requests", "authorizer_calls", "getuser_asked", "ledger_write_units"):
        expected = getattr(whole.rates, name)
        assert getattr(tenth.rates, name) == pytest.approx(expected, rel=0.12), name
    assert tenth.rates.ledger_read_units == pytest.approx(whole.rates.ledger_read_units, rel=0.2)
    assert tenth.answers.mistaken == pytest.approx(whole.answers.mistaken, abs=0.04)


def test_a_tenth_of_the_sandboxes_would_not() -> None:
    """Scaling the fleet down as well makes memories in sandboxes look better than they are."""
    level, limits = LEVELS["sandbox memory"], Limits(getuser_per_second=1e6)
    quick = Effort(requests=2_400, least_seconds=3, watched=0)
    load = Load(800, 400, 80, calls_per_page=8)
    scaled = replace(load, requests_per_second=80, active_sessions=40, sandboxes=8)
    asked = simulate("all", load, limits, level, effort=quick).rates.getuser_asked
    misled = simulate("scaled", scaled, limits, level, effort=quick).rates.getuser_asked * 10
    assert misled < 0.75 * asked


def test_a_sample_signs_out_no_more_than_its_part_of_the_quota() -> None:
    """36 sign-ins a second are 11 too many, of the whole and of one session in thirty."""
    load = Load(600, 3_600, 10, session_hours=1 / 36)
    outcome = simulate(
        "sign-ins",
        load,
        Limits(),
        LEVELS["ledger"],
        effort=Effort(requests=1_200, least_seconds=60, watched=0),
    )
    assert outcome.sampled_one_in == 30
    assert outcome.rates.sign_ins - outcome.rates.sign_ins_refused == pytest.approx(25, abs=7)
    assert outcome.rates.sign_ins_refused > 3
