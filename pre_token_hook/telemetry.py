"""One log line and one set of EMF metrics per call of the hook. No user name is written."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from pre_token_hook.settings import Settings
from pre_token_hook.trigger import Trigger

SERVICE = "pre_token_hook"
NAMESPACE = "CognitoSessionAuthorizer"


class Telemetry:
    """Reports what became of a call."""

    def __init__(self, deployment: str, logger: Logger, metrics: EphemeralMetrics) -> None:
        """
        Args:
            deployment: the dimension by which two stages of one account are told apart.
        """
        self._logger = logger
        self._metrics = metrics
        self._deployment = deployment
        logger.append_keys(deployment=deployment)

    def announce(self, settings: Settings) -> None:
        """Say once, at start, which unsafe choices were made."""
        if settings.unsafe_choices:
            self._logger.warning(
                "unsafe settings", extra={"unsafe_choices": list(settings.unsafe_choices)}
            )

    def report(
        self, outcome: str, request_id: str, *, trigger: Trigger | None = None, failure: str = ""
    ) -> None:
        """Write the line and the metric of one call."""
        line: dict[str, Any] = {"outcome": outcome, "request_id": request_id}
        if trigger is not None:
            line["trigger_source"] = trigger.source if trigger.is_known else "unknown"
            line["client_id"] = trigger.client_id
        if failure:
            line["failure"] = failure
        self._logger.info("sign-in", extra=line)
        self._metrics.add_dimension("deployment", self._deployment)
        self._metrics.add_metric(f"Hook_{outcome}", MetricUnit.Count, 1)
        self._metrics.flush_metrics()
