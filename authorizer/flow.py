"""One request from event to answer: the stages of the package, in order."""

from __future__ import annotations

from typing import Any

from authorizer.choices import DisplacedAnswer, Enforcement
from authorizer.decision import Decision
from authorizer.errors import DecisionError, Reason, refusal
from authorizer.request import AnswerForm, read_device, read_request, read_token
from authorizer.response import DISPLACED, render_displaced, render_error, render_grant
from authorizer.revocation.check import Finding, SessionCheck
from authorizer.revocation.verdict import Outcome
from authorizer.settings import Settings
from authorizer.telemetry import Telemetry
from authorizer.tokens import VerifiedToken
from authorizer.verification import Verifier
from jose.claims import LATEST_MOMENT
from transport import Deadline, MonotonicClock, WallClock


class Authorizer:
    """Decides about requests. Everything it needs is given to it; see ``wiring``."""

    def __init__(
        self,
        settings: Settings,
        verifier: Verifier,
        revocation: SessionCheck,
        telemetry: Telemetry,
        *,
        clock: WallClock,
        monotonic: MonotonicClock,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._verifier = verifier
        self._revocation = revocation
        self._telemetry = telemetry
        self._monotonic = monotonic
        ledger = settings.ledger
        self._budget_seconds = settings.decision_budget_ms / 1000
        self._keeps_roster = ledger is not None and ledger.keeps_roster

    def handle(self, event: Any, request_id: str = "") -> dict[str, Any]:
        """Answer one event of API Gateway's.

        Raises:
            response.Unauthorized: for the gateway to answer 401.
            response.Unavailable: for the gateway to answer that it could not find out.
        """
        started = self._monotonic()
        decision = Decision()
        self._decide(event, decision, Deadline(started + self._budget_seconds, self._monotonic))
        decision.stage_ms["total"] = self._ms_since(started)
        self._telemetry.report(decision, request_id)
        if decision.error is not None:
            if self._explains(decision.error):
                assert decision.request is not None
                assert decision.token is not None
                return render_displaced(decision.request, decision.token, decision.error.reason)
            form = decision.request.form if decision.request else AnswerForm.POLICY
            return render_error(form, decision.error)
        assert decision.request is not None
        assert decision.token is not None
        return render_grant(
            decision.request,
            self._settings.route_rules,
            decision.token,
            ends_at=self._ends_at(decision.token),
            cache_seconds=self._cache_seconds(decision.token),
        )

    def _explains(self, error: DecisionError) -> bool:
        return (
            self._settings.displaced_answer is DisplacedAnswer.EXPLAIN and error.reason in DISPLACED
        )

    def _ends_at(self, token: VerifiedToken) -> int | None:
        """When an answer that the gateway may cache must end; None if it caches none."""
        if self._settings.gateway_ttl_seconds == 0:
            return None
        return min(token.expires_at + self._settings.leeway_seconds, LATEST_MOMENT)

    def _cache_seconds(self, token: VerifiedToken) -> int:
        """How long AppSync may use an answer: never beyond the token, or the declared delay."""
        if self._settings.gateway_ttl_seconds == 0:
            return 0
        left = int(token.expires_at - self._clock())
        return max(0, min(self._settings.gateway_ttl_seconds, left))

    def _decide(self, event: Any, decision: Decision, deadline: Deadline) -> None:
        try:
            settings = self._settings
            request = decision.request = read_request(event, settings)
            text = read_token(request, settings)
            token = self._verify(text, deadline, decision)
            finding = self._find(token, deadline, decision)
            self._apply(finding, decision)
            decision.is_route_allowed = settings.route_rules.allows(request.resource, token)
        except DecisionError as error:
            decision.error = error
        except Exception as error:
            # The one place that catches everything: what is not in the catalogue is a fault of
            # ours, and neither lets anyone in nor counts as a refusal.
            decision.error = refusal(Reason.INTERNAL_FAULT)
            decision.fault = _describe(error)

    def _verify(self, text: str, deadline: Deadline, decision: Decision) -> VerifiedToken:
        started = self._monotonic()
        try:
            decision.token = self._verifier.verify(text, deadline)
        finally:
            decision.stage_ms["verification"] = self._ms_since(started)
        return decision.token

    def _find(self, token: VerifiedToken, deadline: Deadline, decision: Decision) -> Finding:
        started = self._monotonic()
        assert decision.request is not None
        # Who reads no roster does not want to know.
        device = read_device(decision.request.event) if self._keeps_roster else ""
        try:
            decision.finding = self._revocation.find(token, deadline, device)
        finally:
            decision.stage_ms["revocation"] = self._ms_since(started)
        return decision.finding

    def _apply(self, finding: Finding, decision: Decision) -> None:
        if finding.verdict.outcome is Outcome.ACTIVE:
            return
        assert finding.verdict.reason is not None
        if self._settings.enforcement is Enforcement.SHADOW:
            decision.would_refuse = finding.verdict.reason
            return
        raise refusal(finding.verdict.reason)

    def _ms_since(self, started: float) -> float:
        return (self._monotonic() - started) * 1000


def _describe(error: Exception) -> str:
    """Class and place of an error. Its text may quote the request, and is left out."""
    place, at = "unknown", error.__traceback__
    while at is not None:
        # By hand: traceback takes longer to import than most of this package.
        file = at.tb_frame.f_code.co_filename.replace("\\", "/")
        place, at = f"{file.rpartition('/')[2]}:{at.tb_lineno}", at.tb_next
    return f"{type(error).__name__} at {place}"
