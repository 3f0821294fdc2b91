"""One log line and one metric per request. Of a message only names are written that are signed, or
tied to what is: of a revocation, those of the first body that its JWT came with.
"""

from __future__ import annotations

from typing import Any

from receivers.report import Report
from telemetry import Reports


class Telemetry:
    """Reports what became of a request."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def report(self, report: Report, request_id: str) -> None:
        """Write the line and the metric of one request."""
        line: dict[str, Any] = {"outcome": report.outcome.value, "request_id": request_id}
        further = {
            "reason": report.reason,
            "transmitter": report.transmitter,
            "event": report.event,
            "sub": report.subject,
            "session": report.session,
            "steps": {name: step.value for name, step in report.steps.items()},
        }
        line |= {name: value for name, value in further.items() if value}
        self._reports.write("received", line, count=f"Received_{report.outcome}")
