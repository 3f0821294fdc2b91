"""Log lines, and metrics in CloudWatch's embedded metric format, under one name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "CognitoSessionAuthorizer"


class Reports:
    """Writes what became of each invocation, at once: Lambda freezes the process afterwards."""

    def __init__(self, service: str, deployment: str, stream: IO[str] | None = None) -> None:
        """
        Args:
            service: what lines and metrics call the Lambda. Powertools keeps one logger, with one
                stream, for each name: two in one process need two names.
            deployment: the dimension by which two stages of one account are told apart.
            stream: where log lines go; standard output if none is given.
        """
        self._deployment = deployment
        self._logger = Logger(service=service, stream=stream, use_rfc3339=True, utc=True)
        self._logger.append_keys(deployment=deployment)
        self._metrics = EphemeralMetrics(namespace=NAMESPACE, service=service)

    def warn(self, message: str, line: Mapping[str, Any]) -> None:
        """Write a warning."""
        self._logger.warning(message, extra=dict(line))

    def write(
        self,
        message: str,
        line: Mapping[str, Any],
        *,
        count: str,
        seconds: Mapping[str, float] | None = None,
    ) -> None:
        """Write the line and the metrics of one invocation.

        Args:
            message: what kind of line it is, in words of our own.
            line: its members; nothing that an attacker wrote.
            count: the metric that counts it.
            seconds: further metrics.
        """
        self._logger.info(message, extra=dict(line))
        self._metrics.add_dimension(name="deployment", value=self._deployment)
        self._metrics.add_metric(count, MetricUnit.Count, 1)
        for name, value in (seconds or {}).items():
            self._metrics.add_metric(name, MetricUnit.Seconds, value)
        self._metrics.flush_metrics()
