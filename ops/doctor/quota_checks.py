"""Cognito's quotas, and how near the account came to them."""

from __future__ import annotations

from collections.abc import Iterator

from infra.near_quota import near
from ops.answers import UnavailableError
from ops.doctor.findings import Check, Finding, Kind, Severity
from ops.doctor.site import Site
from ops.plan.quotas import QUOTA_NEEDS, USAGE_NEEDS, Category, per_second, read_quota

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


CHECKS = (
    Check(
        "quotas",
        "Cognito's quotas, and the headroom",
        _quotas,
        (*QUOTA_NEEDS, *USAGE_NEEDS, "sts:GetCallerIdentity"),
        (QUOTA_SPENT, QUOTA_NEAR),
    ),
)
