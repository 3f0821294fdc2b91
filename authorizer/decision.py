"""What was decided about one request, and how: all that telemetry gets to see."""

from __future__ import annotations

from authorizer.errors import DecisionError, Reason
from authorizer.request import GatewayRequest
from authorizer.revocation.check import Finding
from authorizer.tokens import VerifiedToken


class Decision:
    """Filled in stage by stage. ``error`` is set if the request gets no policy of its own."""

    __slots__ = (
        "error",
        "fault",
        "finding",
        "is_route_allowed",
        "request",
        "stage_ms",
        "token",
        "would_refuse",
    )

    def __init__(
        self,
        request: GatewayRequest | None = None,
        token: VerifiedToken | None = None,
        finding: Finding | None = None,
        error: DecisionError | None = None,
        *,
        is_route_allowed: bool = False,
        would_refuse: Reason | None = None,
        fault: str = "",
        stage_ms: dict[str, float] | None = None,
    ) -> None:
        """
        Args:
            would_refuse: shadow mode: the refusal for revocation that was not carried out.
            fault: INTERNAL_FAULT only: class and place of the unexpected error, never its text.
        """
        self.request = request
        self.token = token
        self.finding = finding
        self.error = error
        self.is_route_allowed = is_route_allowed
        self.would_refuse = would_refuse
        self.fault = fault
        self.stage_ms: dict[str, float] = {} if stage_ms is None else stage_ms

    @property
    def reason(self) -> Reason | None:
        """Why the request was not granted; None if it was."""
        if self.error is not None:
            return self.error.reason
        return None if self.is_route_allowed else Reason.ROUTE_NOT_ALLOWED
