"""Which alarms would ring at the end of the sample."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np

from local.dashboard.formulas import Series, compute
from local.dashboard.sample import sample

#: What of five minutes is the sum of its minutes.
_SUMMED = ("Sum", "SampleCount")
_PART = re.compile(r'ALARM\("([^"]+)"\)')


class State(StrEnum):
    """CloudWatch's words, and one for what only it can judge."""

    OK = "OK"
    ALARM = "In alarm"
    UNJUDGED = "By model"


def states_of(alarms: Mapping[str, Mapping[str, Any]]) -> dict[str, State]:
    """The state of each alarm, by ARN."""
    states = {arn: _state(alarm) for arn, alarm in alarms.items() if "AlarmRule" not in alarm}
    for arn, alarm in alarms.items():
        if "AlarmRule" in alarm:
            rings = any(states[part] is State.ALARM for part in _PART.findall(alarm["AlarmRule"]))
            states[arn] = State.ALARM if rings else State.OK
    return states


def _state(alarm: Mapping[str, Any]) -> State:
    if "Threshold" not in alarm:
        return State.UNJUDGED
    values = _values(alarm)[-alarm["EvaluationPeriods"] :]
    # Missing data is fine: see TreatMissingData of every alarm.
    breaching = int(np.count_nonzero(np.nan_to_num(values) >= alarm["Threshold"]))
    wanted = alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"])
    return State.ALARM if breaching >= wanted else State.OK


def _values(alarm: Mapping[str, Any]) -> Series:
    if "MetricName" in alarm:
        statistic = alarm.get("Statistic", alarm.get("ExtendedStatistic"))
        return _by_period(alarm, alarm["Period"], statistic)
    series, expression = {}, ""
    for one in alarm["Metrics"]:
        if "MetricStat" in one:
            stat = one["MetricStat"]
            series[one["Id"]] = _by_period(stat["Metric"], stat["Period"], stat["Stat"])
        elif one["ReturnData"]:
            expression = one["Expression"]
    return compute(expression, series)


def _by_period(metric: Mapping[str, Any], seconds: int, statistic: str) -> Series:
    dimensions = {one["Name"]: str(one["Value"]) for one in metric.get("Dimensions", ())}
    by_minute = sample(metric["MetricName"], statistic, dimensions)
    periods = np.nan_to_num(by_minute).reshape(-1, seconds // 60)
    values: Series = periods.sum(axis=1) if statistic in _SUMMED else periods.max(axis=1)
    return values
