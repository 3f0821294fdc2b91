"""Metric math and alarms of the page: as CloudWatch documents them, as far as they are used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from local.dashboard.definition import synthesized
from local.dashboard.formulas import UnknownFormulaError, compute
from local.dashboard.lines import lines_of
from local.dashboard.sample import sample
from local.dashboard.states import State, states_of

NAN = float("nan")
SERIES = {"a": np.array([1.0, NAN, 3.0, NAN]), "b": np.array([2.0, 4.0, NAN, NAN])}


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("a + b", [3, NAN, NAN, NAN]),
        ("SUM([a, b])", [3, 4, 3, NAN]),
        ("SUM([a])", [1, NAN, 3, NAN]),
        ("100 * SUM([a]) / SUM([a, b])", [100 / 3, NAN, 100, NAN]),
        ("SUM([a, b]) / 60", [0.05, 4 / 60, 0.05, NAN]),
        ("IF(a > 2, a, 2)", [2, 2, 3, 2]),
        ("IF(a >= 3, a, 0)", [0, 0, 3, 0]),
        ("a / (b - b)", [NAN, NAN, NAN, NAN]),
        ("b - a", [1, NAN, NAN, NAN]),
    ],
)
def test_formulas(expression: str, values: list[float]) -> None:
    """Operators pass missing data on, sums leave it out, and nothing is divided by nothing."""
    np.testing.assert_allclose(compute(expression, SERIES), values)


@pytest.mark.parametrize(
    "expression",
    ["c", "a ** b", "a < b", "SUM(a)", "FILL(a, 0)", "IF(a, b)", "a.b", "'a'", "__import__('os')"],
)
def test_what_is_not_known_is_refused(expression: str) -> None:
    """No guess: an expression that this page would draw wrong is an error."""
    with pytest.raises(UnknownFormulaError):
        compute(expression, SERIES)


def test_an_unknown_search_is_refused() -> None:
    """A search that is not for reasons would be drawn as something else."""
    search = "SEARCH('{CognitoSessionAuthorizer,service} MetricName=\"Granted\"', 'Sum', 60)"
    with pytest.raises(UnknownFormulaError):
        lines_of({"metrics": [[{"expression": search, "label": "x"}]]})


def test_a_statistic_that_nobody_made_up_is_refused() -> None:
    """A median of a count is a mistake in the definition."""
    with pytest.raises(KeyError):
        sample("Granted", "p50", {})


def alarm(name: str, statistic: str, threshold: float, **more: Any) -> dict[str, Any]:
    """An alarm on one metric."""
    kind = "Statistic" if statistic == "Sum" else "ExtendedStatistic"
    return {
        "AlarmName": name,
        "MetricName": name,
        "Period": 60,
        kind: statistic,
        "Threshold": threshold,
        "EvaluationPeriods": 1,
        **more,
    }


@pytest.mark.parametrize(
    ("properties", "state"),
    [
        (alarm("Throttled", "Sum", 1), State.ALARM),
        (alarm("Throttled", "Sum", 10**6), State.OK),
        (alarm("FailedOpen", "Sum", 1), State.OK),
        (alarm("DecisionLatency", "p99", 200), State.ALARM),
        (alarm("DecisionLatency", "p99", 2000), State.OK),
        (alarm("Granted", "Sum", 60_000), State.OK),
        (alarm("Granted", "Sum", 60_000, Period=300), State.ALARM),
        # Spent for a little less than the last half hour.
        (alarm("Throttled", "Sum", 1, EvaluationPeriods=60), State.OK),
        (alarm("Throttled", "Sum", 1, EvaluationPeriods=60, DatapointsToAlarm=15), State.ALARM),
    ],
)
def test_an_alarm_rings_by_its_definition(properties: dict[str, Any], state: State) -> None:
    """Threshold, period, statistic, and how many of how many periods decide."""
    assert states_of({"alarm": properties}) == {"alarm": state}


def test_a_composite_alarm_rings_with_any_part() -> None:
    """And is quiet while all of them are."""
    loud, quiet = alarm("Throttled", "Sum", 1), alarm("FailedOpen", "Sum", 1)
    both = {"AlarmName": "both", "AlarmRule": '(ALARM("loud") OR ALARM("quiet"))'}
    none = {"AlarmName": "none", "AlarmRule": '(ALARM("quiet"))'}
    states = states_of({"both": both, "none": none, "loud": loud, "quiet": quiet})
    assert (states["both"], states["none"]) == (State.ALARM, State.OK)


def test_the_sample_rings_what_it_tells_of() -> None:
    """A spent quota is told by what is about it, and what only CloudWatch can judge is not."""
    alarms = synthesized().alarms
    by_state: dict[State, set[str]] = {state: set() for state in State}
    for arn, state in states_of(alarms).items():
        by_state[state].add(alarms[arn]["AlarmName"].partition("-")[2])
    assert by_state[State.ALARM] == {
        "authorizer-impaired",
        "getuser-throttled",
        "getuser-near-quota",
        "sessions-unchecked",
        "unavailable",
    }
    assert by_state[State.UNJUDGED] == {"refusals-jump"}
