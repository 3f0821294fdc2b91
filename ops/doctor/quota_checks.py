"""Cognito's quotas, how near the account came to them, and the alarm that is to tell of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from infra.near_quota import NEAR_QUOTA_ALARM, near
from ops.answers import UnavailableError
from ops.aws import answering
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import Site
from ops.plan.quotas import (
    QUOTA_NEEDS,
    USAGE_NEEDS,
    Category,
    Source,
    per_second,
    read_quota,
)

_DAY_SECONDS = 86_400
_DOCS = "https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html"

QUOTA_SPENT = Kind(
    "quota_spent",
    Severity.HIGH,
    "Beyond the quota Cognito throttles: callers get 503, sign-ins fail.",
    "`plan` says which TTL keeps within it, and what more of it costs; UserUpdate is not sold:"
    " choose another session mode.",
    _DOCS,
)
QUOTA_NEAR = Kind(
    "quota_near",
    Severity.MEDIUM,
    "The next peak may go beyond it, and Cognito then throttles every caller of the account.",
    "`plan` says which TTL keeps within it, and what more of it costs.",
    _DOCS,
)
ALARM_MISSES_QUOTA = Kind(
    "alarm_misses_quota",
    Severity.MEDIUM,
    "The alarm was deployed for another quota than the account has: it rings when callers are"
    " throttled already, or while there is nothing to do.",
    "Set getUserQuota to the quota that `plan` shows for UserRead, and deploy.",
    "docs/decisions/0013-what-wakes-somebody.md",
)


def _quotas(site: Site) -> Iterator[Finding]:
    unknown = []
    for category in Category:
        quota = read_quota(site.run.aws, category)
        if not quota.is_known or quota.usage is None:
            unknown.append(quota.reason or f"nobody says which metric counts {category}")
            continue
        calls = per_second(site.run.aws, quota.usage, since=site.now - _DAY_SECONDS, until=site.now)
        peak = max(calls, default=0.0)
        what = (
            f"in the busiest minute of a day {peak:.1f} calls a second, of {quota.per_second:.0f}"
            f" ({quota.source})"
        )
        if peak >= quota.per_second:
            yield QUOTA_SPENT.at(category, what)
        elif peak >= near(quota.per_second):
            yield QUOTA_NEAR.at(category, what)
    if unknown:
        raise UnavailableError("quotas", "; ".join(dict.fromkeys(unknown)))


def _alarm(site: Site) -> Iterator[Finding]:
    name = f"{site.deployment.settings.deployment_name}-{NEAR_QUOTA_ALARM}"
    with answering():
        found = site.client("cloudwatch").describe_alarms(AlarmNames=[name])
    thresholds = [a["Threshold"] for a in found.get("MetricAlarms", []) if a["AlarmName"] == name]
    if not thresholds:
        raise DoesNotApplyError("there is no alarm on the quota")
    quota = read_quota(site.run.aws, Category.USER_READ)
    if not quota.is_known:
        raise UnavailableError("quotas", quota.reason)
    # getUserQuota is a whole number.
    (is_at,), should_be_at = thresholds, near(math.floor(quota.per_second))
    # Service Quotas says what could be bought: what is enforced may be less, and is never more.
    is_exact = quota.source is Source.PROVISIONED
    if is_at > should_be_at or (is_exact and is_at < should_be_at):
        what = (
            f"it rings from {is_at:g} calls a second, and should from {should_be_at:g}:"
            f" the quota is {quota.per_second:.0f} ({quota.source})"
        )
        yield ALARM_MISSES_QUOTA.at(name, what)


CHECKS = (
    Check(
        "quotas",
        "Cognito's quotas, and the headroom",
        _quotas,
        (*QUOTA_NEEDS, *USAGE_NEEDS, "sts:GetCallerIdentity"),
        (QUOTA_SPENT, QUOTA_NEAR),
    ),
    Check(
        "quota_alarm",
        "the alarm on GetUser's quota",
        _alarm,
        (*QUOTA_NEEDS, "cloudwatch:DescribeAlarms"),
        (ALARM_MISSES_QUOTA,),
    ),
)
