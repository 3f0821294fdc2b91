"""One log line and one metric per event. No user name is written; the subject is."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from session_feed.events import Revocation

SERVICE = "session_feed"
NAMESPACE = "CognitoSessionAuthorizer"


class Telemetry:
    """Reports what became of an event."""

    def __init__(self, logger: Logger, metrics: EphemeralMetrics) -> None:
        self._logger = logger
        self._metrics = metrics

    def report(
        self, outcome: str, request_id: str, *, revocation: Revocation | None = None, why: str = ""
    ) -> None:
        """Write the line and the metric of one event."""
        line: dict[str, Any] = {"outcome": outcome, "request_id": request_id}
        if revocation is not None:
            line["operation"] = revocation.operation
            line["sub"] = revocation.subject
        if why:
            line["why"] = why
        self._logger.info("revocation", extra=line)
        self._metrics.add_metric(f"Feed_{outcome}", MetricUnit.Count, 1)
        self._metrics.flush_metrics()
