"""One log line and one metric per call of the hook. No user name is written."""

from __future__ import annotations

from typing import Any

from pre_token_hook.settings import Settings
from pre_token_hook.trigger import Trigger
from telemetry import Reports

SERVICE = "pre_token_hook"


class Telemetry:
    """Reports what became of a call."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def announce(self, settings: Settings) -> None:
        """Say once, at start, which unsafe choices were made."""
        if settings.unsafe_choices:
            self._reports.warn("unsafe settings", {"unsafe_choices": list(settings.unsafe_choices)})

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
        self._reports.write("sign-in", line, count=f"Hook_{outcome}")
