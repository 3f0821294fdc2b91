"""The account's actual quotas of Cognito, and how much of them was used.

https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws import Aws, answering, error_code, unavailable

QUOTA_NEEDS = (
    "cognito-idp:GetProvisionedLimit",
    "servicequotas:GetServiceQuota",
    "servicequotas:GetAWSDefaultServiceQuota",
)
USAGE_NEEDS = ("cloudwatch:GetMetricData",)

_SERVICE = "cognito-idp"
#: Usage is published for each minute: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Usage-Metrics.html
_MINUTE = 60


class Category(StrEnum):
    """Categories of operations that share a quota."""

    USER_READ = "UserRead"
    """GetUser."""
    USER_UPDATE = "UserUpdate"
    """AdminUserGlobalSignOut."""
    USER_TOKEN = "UserToken"
    """RevokeToken."""


#: Service Quotas' codes, and what an account has by default, requests a second.
CODES = {
    Category.USER_READ: "L-D6BD5178",
    Category.USER_UPDATE: "L-6621E65D",
    Category.USER_TOKEN: "L-F21F8BB4",
}
DEFAULTS = {Category.USER_READ: 120.0, Category.USER_UPDATE: 25.0, Category.USER_TOKEN: 120.0}


class Source(StrEnum):
    """Who said so."""

    TYPED = "typed in"
    PROVISIONED = "Cognito (GetProvisionedLimit)"
    SERVICE_QUOTAS = "Service Quotas"
    DEFAULT = "AWS's default"
    """Nobody could be asked."""


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota of the account and Region.

    Attributes:
        per_second: requests.
        reason: why it is a default, if it is one.
        usage: the metric that counts against it, as CloudWatch takes it; None if nobody said.
    """

    category: Category
    per_second: float
    source: Source
    reason: str = ""
    usage: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether it is the account's own."""
        return self.source is not Source.DEFAULT


def read_quota(aws: Aws, category: Category) -> Quota:
    """Ask for one quota; where nobody answers, the default and the reason.

    What Cognito enforces is what was bought for the category. Service Quotas may say more: up to
    that much can be bought.
    """
    enforced, why_not = _provisioned(aws, category)
    try:
        listed = _listed(aws, category)
    except (ClientError, BotoCoreError) as error:
        if enforced is None:
            reason = str(unavailable(error))
            reasons = "; ".join(dict.fromkeys((why_not, reason)))
            return Quota(category, DEFAULTS[category], Source.DEFAULT, reasons)
        return Quota(category, enforced, Source.PROVISIONED)
    usage = _usage(listed)
    if enforced is not None:
        return Quota(category, enforced, Source.PROVISIONED, usage=usage)
    return Quota(category, float(listed["Value"]), Source.SERVICE_QUOTAS, usage=usage)


def per_second(
    aws: Aws, metric: Mapping[str, Any], *, since: float, until: float
) -> Sequence[float]:
    """What a metric of calls came to, per second on the average of each minute.

    Raises:
        UnavailableError: CloudWatch did not say.
    """
    query = {"Id": "calls", "MetricStat": {"Metric": metric, "Period": _MINUTE, "Stat": "Sum"}}
    with answering():
        pages = aws.client("cloudwatch").get_paginator("get_metric_data")
        return [
            value / _MINUTE
            for page in pages.paginate(
                MetricDataQueries=[query], StartTime=int(since), EndTime=int(until)
            )
            for result in page["MetricDataResults"]
            for value in result["Values"]
        ]


def _provisioned(aws: Aws, category: Category) -> tuple[float | None, str]:
    definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category.value}}
    try:
        found = aws.client(_SERVICE).get_provisioned_limit(LimitDefinition=definition)
    except (ClientError, BotoCoreError) as error:
        # Categories that are not sold have none.
        return None, str(unavailable(error))
    return float(found["Limit"]["ProvisionedLimitValue"]), ""


def _listed(aws: Aws, category: Category) -> Mapping[str, Any]:
    client = aws.client("service-quotas")
    asked = {"ServiceCode": _SERVICE, "QuotaCode": CODES[category]}
    try:
        found: Mapping[str, Any] = client.get_service_quota(**asked)["Quota"]
    except ClientError as error:
        if error_code(error) != "NoSuchResourceException":
            raise
        # It was never changed for this account.
        found = client.get_aws_default_service_quota(**asked)["Quota"]
    return found


def _usage(listed: Mapping[str, Any]) -> Mapping[str, Any] | None:
    metric = listed.get("UsageMetric")
    if not metric:
        return None
    return {
        "Namespace": metric["MetricNamespace"],
        "MetricName": metric["MetricName"],
        "Dimensions": [
            {"Name": name, "Value": value}
            for name, value in sorted(metric["MetricDimensions"].items())
        ],
    }
