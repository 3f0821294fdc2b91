"""One log line and one metric per request. No token is written; verified claims are."""

from __future__ import annotations

from typing import Any

from sign_out.report import Report
from telemetry import Reports

SERVICE = "sign_out"


class Telemetry:
    """Reports what became of a request."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def report(self, report: Report, request_id: str) -> None:
        """Write the line and the metric of one request."""
        line: dict[str, Any] = {
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
        self._reports.write("sign-out", line, count=f"SignOut_{report.outcome}")
