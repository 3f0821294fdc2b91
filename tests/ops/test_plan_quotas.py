"""The account's quotas: who says what they are."""

from __future__ import annotations

import pytest
from rich.console import Console

from ops.plan.quotas import CODES, DEFAULTS, Category, Source, per_second, read_quota
from ops.run import Place, Run
from ops.world import World
from simulation import Limits
from tests.ops.scripted_aws import REGION, Answer, ScriptedAws

_LISTED = "servicequotas:GetServiceQuota"
_DEFAULT = "servicequotas:GetAWSDefaultServiceQuota"
_ENFORCED = "cognito-idp:GetProvisionedLimit"
_METRIC = {
    "MetricNamespace": "AWS/Usage",
    "MetricName": "CallCount",
    "MetricDimensions": {"Type": "API", "Service": "Cognito"},
}


def _quota(per_second: float) -> Answer:
    return {"Quota": {"Value": per_second, "UsageMetric": _METRIC}}


def _limit(per_second: int) -> Answer:
    definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}}
    return {
        "Limit": {
            "LimitDefinition": definition,
            "ProvisionedLimitValue": per_second,
            "FreeLimitValue": 120,
        }
    }


def _run(answers: dict[str, Answer]) -> Run:
    scripted = ScriptedAws(answers, now=0)
    world = World(clock=lambda: 0, make_session=scripted.make_session)
    return Run(world, Place("stack", REGION, None, None), Console())


@pytest.mark.parametrize(
    ("answers", "source", "value"),
    [
        ({_ENFORCED: _limit(300), _LISTED: _quota(500)}, Source.PROVISIONED, 300),
        ({_ENFORCED: _limit(300)}, Source.PROVISIONED, 300),
        ({_LISTED: _quota(200)}, Source.SERVICE_QUOTAS, 200),
        (
            {_LISTED: "NoSuchResourceException", _DEFAULT: _quota(130)},
            Source.SERVICE_QUOTAS,
            130,
        ),
        ({}, Source.DEFAULT, 120),
    ],
)
def test_who_says_so(answers: dict[str, Answer], source: Source, value: float) -> None:
    """What Cognito enforces comes before what could be had, and both before a default."""
    quota = read_quota(_run(answers).aws, Category.USER_READ)
    assert (quota.source, quota.per_second) == (source, value)
    assert quota.is_known is (source is not Source.DEFAULT)
    assert bool(quota.reason) is (source is Source.DEFAULT)


def test_each_category_is_asked_by_its_own_code() -> None:
    """No category is told another's quota."""
    values = {code: float(number) for number, code in enumerate(CODES.values(), start=1)}
    run = _run({_LISTED: lambda asked: {"Quota": {"Value": values[asked["QuotaCode"]]}}})
    found = [read_quota(run.aws, category).per_second for category in Category]
    assert found == [1, 2, 3]


def test_the_defaults() -> None:
    """AWS's defaults are those that the simulation takes."""
    assert DEFAULTS[Category.USER_READ] == Limits().getuser_per_second
    assert DEFAULTS[Category.USER_UPDATE] == Limits().user_updates_per_second


def test_usage_is_by_the_second() -> None:
    """Counts of a minute are told by the second."""
    counts = {"MetricDataResults": [{"Id": "calls", "Values": [60.0, 7200.0]}]}
    run = _run({_LISTED: _quota(120), "monitoring:GetMetricData": counts})
    usage = read_quota(run.aws, Category.USER_READ).usage
    assert usage is not None
    assert [d["Name"] for d in usage["Dimensions"]] == ["Service", "Type"]
    assert per_second(run.aws, usage, since=0, until=60) == [1, 120]
