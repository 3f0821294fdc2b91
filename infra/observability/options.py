"""What whoever watches a deployment can choose, typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from infra.context_reader import ContextReader
from infra.function_options import RETENTION_BY_DAYS
from infra.operator_log import SHORTEST_RETENTION_DAYS

_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}")
_RUNBOOK = re.compile(r"(?:https://[A-Za-z0-9.-]{1,253}/)?[A-Za-z0-9._~/-]{1,256}")

#: The authorizer's own budget, which no setting of this app changes: no decision takes much longer,
#: so that an alarm above it would never ring.
DECISION_BUDGET_MS = 2500


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservabilityOptions:
    """Who is told, what is too much, and where the runbook is.

    Attributes:
        alarm_topic_arn: an SNS topic; without one alarms are seen on the dashboard only.
        runbook_url: what alarms point to, with an anchor behind it.
        get_user_quota: requests a second that Cognito allows the account for ``GetUser``
            and its like.
        latency_alarm_ms: what the slowest hundredth of decisions may take.
        operator_log_retention_days: how long operators' actions are kept.
    """

    alarm_topic_arn: str = ""
    runbook_url: str = "docs/operations.md"
    # https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html, category UserRead
    get_user_quota: int = 120
    # Less than half of the authorizer's budget, and longer than GetUser is seen to take.
    latency_alarm_ms: int = 1000
    operator_log_retention_days: int = 400

    def check(self, read: ContextReader, *, is_watched: bool) -> None:
        """Record every problem with ``read``.

        Args:
            is_watched: whether there is a dashboard, and alarms with it.
        """
        if self.alarm_topic_arn and _TOPIC.fullmatch(self.alarm_topic_arn) is None:
            read.problem("alarmTopicArn", "must be the ARN of an SNS topic")
        if _RUNBOOK.fullmatch(self.runbook_url) is None:
            read.problem("runbookUrl", "must be a path or an https:// address, without an anchor")
        if self.get_user_quota < 1:
            read.problem("getUserQuota", "must be 1 or more")
        if not 1 <= self.latency_alarm_ms <= DECISION_BUDGET_MS:
            read.problem(
                "latencyAlarmMs", f"must be 1 to {DECISION_BUDGET_MS}, a decision's budget"
            )
        offered = [days for days in RETENTION_BY_DAYS if days >= SHORTEST_RETENTION_DAYS]
        if self.operator_log_retention_days not in offered:
            read.problem("operatorLogRetentionDays", f"must be one of: {_listed(offered)}")
        default = ObservabilityOptions()
        if is_watched:
            return
        for key, is_chosen in {
            "alarmTopicArn": self.alarm_topic_arn != default.alarm_topic_arn,
            "runbookUrl": self.runbook_url != default.runbook_url,
            "getUserQuota": self.get_user_quota != default.get_user_quota,
            "latencyAlarmMs": self.latency_alarm_ms != default.latency_alarm_ms,
        }.items():
            if is_chosen:
                read.problem(key, "must be left alone with observability=false: it is about alarms")


def _listed(days: list[int]) -> str:
    return ", ".join(str(number) for number in days)
