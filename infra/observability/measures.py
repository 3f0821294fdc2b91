"""One deployment's metrics as CDK knows them, and what is computed of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from authorizer.errors import Reason
from infra.observability.catalogue import (
    DIMENSIONS,
    DIMENSIONS_BY_REASON,
    METRICS,
    METRICS_BY_REASON,
    NAMESPACE,
    Service,
    Unit,
)

#: Of everything on the dashboard, and of alarms that need not be sure first.
MINUTE = cdk.Duration.minutes(1)

_DEFAULT_STATISTIC = {Unit.COUNT: "Sum", Unit.MILLISECONDS: "p50", Unit.SECONDS: "Maximum"}


class Measures:
    """Metrics of the Lambdas of one deployment."""

    def __init__(self, deployment: str) -> None:
        self._deployment = deployment

    def metric(
        self,
        name: str,
        *,
        service: Service = Service.AUTHORIZER,
        statistic: str = "",
        period: cdk.Duration = MINUTE,
        label: str = "",
        color: str | None = None,
        reason: Reason | None = None,
    ) -> cloudwatch.Metric:
        """One metric; sums of counts, medians of durations and maxima of ages, if not said.

        Raises:
            KeyError: the service writes no such metric, or not by reason.
        """
        unit = METRICS[service][name]
        dimensions = dict(zip(DIMENSIONS, (self._deployment, service.value), strict=True))
        if reason is not None:
            if name not in METRICS_BY_REASON:
                raise KeyError(f"{name} is not written by reason")
            dimensions["reason"] = reason.value
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map=dimensions,
            statistic=statistic or _DEFAULT_STATISTIC[unit],
            period=period,
            label=label or None,
            color=color,
        )

    def by_reason(self, name: str) -> cloudwatch.MathExpression:
        """A line for each reason that there has been, found when the dashboard is looked at."""
        schema = ",".join((NAMESPACE, *sorted(DIMENSIONS_BY_REASON)))
        return _search(
            f'{{{schema}}} MetricName="{name}" deployment="{self._deployment}"'
            f' service="{Service.AUTHORIZER}"',
            label="${PROP('Dim.reason')}",
        )

    def share(
        self, of: Sequence[str], among: Sequence[str], *, label: str, color: str | None = None
    ) -> cloudwatch.IMetric:
        """How many of a hundred; nothing where there were none."""
        metrics = self._by_id({*of, *among}, prefix="all_")
        part, whole = ((f"all_{_id(name)}" for name in names) for names in (of, among))
        expression = f"100 * {total(part)} / {total(whole)}"
        return formula(expression, metrics, label=label, color=color)

    def per_second(
        self, names: Sequence[str], *, label: str, color: str | None = None
    ) -> cloudwatch.IMetric:
        """Of counts by the minute, how many a second."""
        seconds = int(MINUTE.to_seconds())
        expression = f"{total(map(_id, names))} / {seconds}"
        return formula(expression, self._by_id(set(names)), label=label, color=color)

    def either(self, names: Sequence[str], *, label: str) -> cloudwatch.IMetric:
        """The sum of counts of which some may never have been written."""
        return formula(total(map(_id, names)), self._by_id(set(names)), label=label)

    def _by_id(self, names: set[str], prefix: str = "") -> dict[str, cloudwatch.IMetric]:
        return {f"{prefix}{_id(name)}": self.metric(name) for name in sorted(names)}


def total(ids: Iterable[str]) -> str:
    """A sum in metric math that leaves out what has no data, which ``+`` does not."""
    return f"SUM([{', '.join(ids)}])"


def formula(
    expression: str,
    metrics: Mapping[str, cloudwatch.IMetric],
    *,
    label: str,
    period: cdk.Duration = MINUTE,
    color: str | None = None,
) -> cloudwatch.MathExpression:
    """Metric math over ``metrics``, by their ids."""
    return cloudwatch.MathExpression(
        expression=expression, using_metrics=dict(metrics), label=label, period=period, color=color
    )


def found_per_second(query: str, *, label: str, color: str) -> cloudwatch.MathExpression:
    """All metrics that match together, by the second."""
    seconds = int(MINUTE.to_seconds())
    return formula(f"SUM({_searching(query)}) / {seconds}", {}, label=label, color=color)


def _search(query: str, *, label: str) -> cloudwatch.MathExpression:
    """Every metric that matches, summed by the minute; alarms cannot have these."""
    return formula(_searching(query), {}, label=label)


def _searching(query: str) -> str:
    return f"SEARCH('{query}', 'Sum', {int(MINUTE.to_seconds())})"


def _id(name: str) -> str:
    """A metric's id in math begins with a small letter."""
    return name[0].lower() + name[1:]
