"""One log line and one metric per event. No user name is written; the subject is."""

from __future__ import annotations

from typing import Any

from session_feed.events import Revocation
from telemetry import Reports

SERVICE = "session_feed"


class Telemetry:
    """Reports what became of an event."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

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
        if why:
            line["why"] = why
        self._reports.write(
            "revocation",
            line,
            count=f"Feed_{outcome}",
            seconds=None if lag_seconds is None else {"FeedLag": lag_seconds},
        )
