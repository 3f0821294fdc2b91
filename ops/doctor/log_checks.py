"""How long logs are kept, those of functions and the operators' trail."""

from __future__ import annotations

from collections.abc import Iterator

from ops.aws import answering
from ops.doctor.findings import Check, Finding, Kind, Severity
from ops.doctor.site import STACK_NEEDS, Description, Site

_SHORTEST_TRAIL_DAYS = 365

LOG_KEPT = Kind(
    "log_kept_for_ever",
    Severity.LOW,
    "Logs name users and sessions: kept without end they are a liability, and cost more.",
    "Set a retention on the log group (logRetentionDays).",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
)
TRAIL_SHORT = Kind(
    "trail_short",
    Severity.MEDIUM,
    "Whoever asks who signed whom out may ask a year later.",
    "Set operatorLogRetentionDays to 365 or more and deploy.",
    "docs/decisions/0012-the-trail-comes-first.md",
)
TRAIL_MISSING = Kind(
    "trail_missing",
    Severity.MEDIUM,
    "Commands that change something refuse to, and nobody could say who did what.",
    "Deploy the stack anew: it makes the log group and exports its name.",
    "docs/decisions/0012-the-trail-comes-first.md",
)


def _logs(site: Site) -> Iterator[Finding]:
    for function in site.functions:
        name = _log_group(function)
        days = _retention_days(site, name)
        if days == 0:
            yield LOG_KEPT.at(name, "it has no retention")
    trail = site.deployment.operator_log_group
    if trail is None:
        yield TRAIL_MISSING.at(site.deployment.stack, "it exports no trail of operators' actions")
        return
    days = _retention_days(site, trail)
    if days is None:
        yield TRAIL_MISSING.at(trail, "the log group of the trail does not exist")
    elif 0 < days < _SHORTEST_TRAIL_DAYS:
        yield TRAIL_SHORT.at(trail, f"it is kept for {days} days")


def _log_group(function: Description) -> str:
    named = function.get("LoggingConfig", {}).get("LogGroup")
    return str(named or f"/aws/lambda/{function['FunctionName']}")


def _retention_days(site: Site, name: str) -> int | None:
    """For how long a log group keeps lines; 0 for ever, None if there is no such group."""
    with answering():
        groups = site.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group = next((g for g in groups if g["logGroupName"] == name), None)
    return None if group is None else int(group.get("retentionInDays", 0))


CHECKS = (
    Check(
        "log_retention",
        "how long logs are kept",
        _logs,
        (*STACK_NEEDS, "lambda:GetFunctionConfiguration", "logs:DescribeLogGroups"),
        (LOG_KEPT, TRAIL_SHORT, TRAIL_MISSING),
    ),
)
