"""What watches the deployment: alarms, the age of keys that verify, CloudTrail for the feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.answers import OpsError
from ops.aws import answering
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import STACK_NEEDS, Site
from ops.plan.quotas import USAGE_NEEDS

#: What the authorizer writes.
_NAMESPACE = "CognitoSessionAuthorizer"
_HOUR_SECONDS = 3600
_FEED_HANDLER = "session_feed.handler.handler"
_ALARMS = "docs/decisions/0013-what-wakes-somebody.md"

RINGING = Kind(
    "alarm_ringing",
    Severity.HIGH,
    "Something is wrong now; the alarm's description says what.",
    "Follow the runbook that the description names.",
    _ALARMS,
)
BLIND = Kind(
    "alarm_without_data",
    Severity.LOW,
    "An alarm without data does not ring. After a deployment this passes within minutes.",
    "Look at its metric; a renamed deployment writes under another name.",
    _ALARMS,
)
NO_ALARMS = Kind(
    "alarms_missing",
    Severity.MEDIUM,
    "Nobody is woken when callers are refused for want of an answer, or let in unchecked.",
    "Set observability to true and deploy.",
    _ALARMS,
)
NOBODY_TOLD = Kind(
    "alarms_tell_nobody",
    Severity.LOW,
    "The alarms are seen on the dashboard only.",
    "Set alarmTopicArn and deploy.",
    _ALARMS,
)
KEYS_OLD = Kind(
    "keys_old",
    Severity.HIGH,
    "Tokens are verified by keys beyond their maximum age: one that was withdrawn still counts.",
    "See why keys are not fetched: the network, DNS, or Cognito; the log lines name the fault.",
    "docs/decisions/0003-unknown-key-names.md",
)
NO_TRAIL = Kind(
    "cloudtrail_missing",
    Severity.MEDIUM,
    "The feed hears only what CloudTrail hands to EventBridge: without a trail of management events"
    " it hears nothing, and revocations wait for the verdict TTL.",
    "Make a trail that logs management events in this Region, those that write at least.",
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html",
)


def _alarms(site: Site) -> Iterator[Finding]:
    prefix = f"{site.deployment.settings.deployment_name}-"
    with answering():
        pages = site.client("cloudwatch").get_paginator("describe_alarms")
        alarms: list[Mapping[str, Any]] = [
            alarm
            for page in pages.paginate(
                AlarmNamePrefix=prefix, AlarmTypes=["CompositeAlarm", "MetricAlarm"]
            )
            for kind in ("CompositeAlarms", "MetricAlarms")
            for alarm in page.get(kind, [])
        ]
    if not alarms:
        yield NO_ALARMS.at(site.deployment.stack, f"no alarm's name begins with {prefix}")
        return
    for alarm in alarms:
        name, state = alarm["AlarmName"], alarm["StateValue"]
        if state == "ALARM":
            yield RINGING.at(name, alarm.get("StateReason", "")[:300] or "it rings")
        elif state == "INSUFFICIENT_DATA":
            yield BLIND.at(name, "it has no data")
    if not any(alarm.get("ActionsEnabled") and alarm.get("AlarmActions") for alarm in alarms):
        yield NOBODY_TOLD.at(site.deployment.stack, "none of its alarms has an action")


def _keys(site: Site) -> Iterator[Finding]:
    settings = site.deployment.settings
    metric = {
        "Namespace": _NAMESPACE,
        "MetricName": "KeyAge",
        "Dimensions": [
            {"Name": "deployment", "Value": settings.deployment_name},
            {"Name": "service", "Value": "authorizer"},
        ],
    }
    query = {"Id": "age", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Maximum"}}
    with answering():
        results = site.client("cloudwatch").get_metric_data(
            MetricDataQueries=[query],
            StartTime=int(site.now) - _HOUR_SECONDS,
            EndTime=int(site.now),
        )["MetricDataResults"]
    ages = [value for result in results for value in result["Values"]]
    if not ages:
        raise DoesNotApplyError("no token was verified within the last hour")
    if max(ages) > settings.keys.max_age_seconds:
        what = f"{max(ages):.0f} s old, of {settings.keys.max_age_seconds} at most"
        yield KEYS_OLD.at("the authorizer", what)


def _trail(site: Site) -> Iterator[Finding]:
    if not any(f.get("Handler") == _FEED_HANDLER for f in site.functions):
        raise DoesNotApplyError("this deployment has no feed")
    client = site.client("cloudtrail")
    with answering():
        trails = client.describe_trails(includeShadowTrails=True)["trailList"]
    refused: OpsError | None = None
    for trail in trails:
        try:
            with answering():
                if _hears_sign_outs(client, trail["TrailARN"]):
                    return
        except OpsError as error:
            # Another trail is enough: one of the organization's may not be shown.
            refused = error
    if refused is not None:
        raise refused
    what = f"{len(trails)} trails, none of which logs management events that write"
    yield NO_TRAIL.at(site.run.aws.region, what)


def _hears_sign_outs(client: Any, trail: str) -> bool:
    """Whether a trail logs, and what Cognito's write operations do among it.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
    """
    if not client.get_trail_status(Name=trail).get("IsLogging"):
        return False
    chosen = client.get_event_selectors(TrailName=trail)
    # ExcludeManagementEventSources knows KMS and the RDS Data API only.
    return any(
        basic.get("IncludeManagementEvents") and basic.get("ReadWriteType") in ("All", "WriteOnly")
        for basic in chosen.get("EventSelectors", [])
    ) or any(
        _takes(advanced["FieldSelectors"], "eventCategory", "Management", is_needed=True)
        and _takes(advanced["FieldSelectors"], "readOnly", "false")
        and _takes(advanced["FieldSelectors"], "eventSource", "cognito-idp.amazonaws.com")
        for advanced in chosen.get("AdvancedEventSelectors", [])
    )


def _takes(
    selectors: Sequence[Mapping[str, Any]], name: str, value: str, *, is_needed: bool = False
) -> bool:
    """Whether an event of that value is let through by what is said of the field."""
    said = [selector for selector in selectors if selector["Field"] == name]
    if not said:
        return not is_needed
    return all(
        value in selector.get("Equals", [value]) and value not in selector.get("NotEquals", [])
        for selector in said
    )


CHECKS = (
    Check(
        "alarms",
        "alarms, and whom they tell",
        _alarms,
        ("cloudwatch:DescribeAlarms",),
        (RINGING, BLIND, NO_ALARMS, NOBODY_TOLD),
    ),
    Check(
        "keys",
        "age of the keys that verified a token",
        _keys,
        (*USAGE_NEEDS, "sts:GetCallerIdentity"),
        (KEYS_OLD,),
    ),
    Check(
        "cloudtrail",
        "a trail for the feed",
        _trail,
        (
            *STACK_NEEDS,
            "lambda:GetFunctionConfiguration",
            "cloudtrail:DescribeTrails",
            "cloudtrail:GetTrailStatus",
            "cloudtrail:GetEventSelectors",
        ),
        (NO_TRAIL,),
    ),
)
