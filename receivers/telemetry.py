"""One log line and one metric per request. Of a message only verified names are written."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from receivers.report import Report

NAMESPACE = "CognitoSessionAuthorizer"


class Telemetry:
    """Reports what became of a request."""

    def __init__(self, deployment: str, logger: Logger, metrics: EphemeralMetrics) -> None:
        self._deployment = deployment
        self._logger = logger
        self._metrics = metrics

    def report(self, report: Report, request_id: str) -> None:
        """Write the line and the metric of one request."""
        line: dict[str, Any] = {
            "deployment": self._deployment,
            "outcome": report.outcome.value,
            "request_id": request_id,
        }
        further = {
            "reason": report.reason,
            "transmitter": report.transmitter,
            "event": report.event,
            "sub": report.subject,
            "session": report.session,
            "steps": {name: step.value for name, step in report.steps.items()},
        }
        line |= {name: value for name, value in further.items() if value}
        self._logger.info("received", extra=line)
        self._metrics.add_dimension(name="deployment", value=self._deployment)
        self._metrics.add_metric(f"Received_{report.outcome}", MetricUnit.Count, 1)
        self._metrics.flush_metrics()
