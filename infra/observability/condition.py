"""What one alarm watches."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One alarm, before it is one of CDK's.

    Attributes:
        name: of the alarm behind the deployment's, and of its section in the runbook.
        why: a sentence for whoever is woken.
        first: what to do first, in a sentence that helps where the runbook cannot be opened.
        metric: what is looked at.
        threshold: from where it is too much; None where the metric is held to what is usual.
        of, among: how many of how many periods in a row have to be too much.
        is_impairment: whether callers are not served, so that one message speaks of all of them.
    """

    name: str
    why: str
    first: str
    metric: cloudwatch.IMetric
    threshold: float | None = 1
    of: int = 1
    among: int = 1
    is_impairment: bool = False
