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

    def __init__(self, deployment: str, logger: Logger, metrics: EphemeralMetrics) -> None:
        """
        Args:
            deployment: the dimension by which two stages of one account are told apart.
        """
        self._logger = logger
        self._metrics = metrics
        self._deployment = deployment
        logger.append_keys(deployment=deployment)

    def report(
        self,
        outcome: str,
        request_id: str,
        *,
        revocation: Revocation | None = None,
        lag_seconds: float | None = None,
        why: str = "",
    ) -> None:
        """Write the line and the metrics of one event.

        Args:
            lag_seconds: how long after Cognito did it the mark was written.
        """
        line: dict[str, Any] = {"outcome": outcome, "request_id": request_id}
        if revocation is not None:
            line["operation"] = revocation.operation
            line["sub"] = revocation.subject
        if lag_seconds is not None:
            line["lag_seconds"] = lag_seconds
            self._metrics.add_metric("FeedLag", MetricUnit.Seconds, lag_seconds)
        if why:
            line["why"] = why
        self._logger.info("revocation", extra=line)
        self._metrics.add_dimension("deployment", self._deployment)
        self._metrics.add_metric(f"Feed_{outcome}", MetricUnit.Count, 1)
        self._metrics.flush_metrics()
