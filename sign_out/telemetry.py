"""One log line and one metric per request. No token is written; verified claims are."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from sign_out.report import Report

SERVICE = "sign_out"
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
            "steps": {name: step.value for name, step in report.steps.items()},
        }
        if report.session is not None:
            line["sub"] = report.session.subject
            line["client_id"] = report.session.client_id
            line["session"] = report.session.session_id
        if report.failures:
            line["failures"] = report.failures
        self._logger.info("sign-out", extra=line)
        self._metrics.add_dimension(name="deployment", value=self._deployment)
        self._metrics.add_metric(f"SignOut_{report.outcome}", MetricUnit.Count, 1)
        self._metrics.flush_metrics()
