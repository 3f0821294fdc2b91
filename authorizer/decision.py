"""What was decided about one request, and how: all that telemetry gets to see."""

from __future__ import annotations

from dataclasses import dataclass, field

from authorizer.errors import DecisionError, Reason
from authorizer.request import GatewayRequest
from authorizer.revocation.check import Finding
from authorizer.tokens import VerifiedToken


@dataclass
class Decision:
    """Filled in stage by stage. ``error`` is set if the request gets no policy of its own."""

    request: GatewayRequest | None = None
    token: VerifiedToken | None = None
    finding: Finding | None = None
    error: DecisionError | None = None
    is_route_allowed: bool = False
    would_refuse: Reason | None = None
    """Shadow mode: the refusal for revocation that was not carried out."""
    fault: str = ""
    """INTERNAL_FAULT only: class and place of the unexpected error, never its text."""
    stage_ms: dict[str, float] = field(default_factory=dict)

    @property
    def reason(self) -> Reason | None:
        """Why the request was not granted; None if it was."""
        if self.error is not None:
            return self.error.reason
        return None if self.is_route_allowed else Reason.ROUTE_NOT_ALLOWED
