"""What each decision is reported as: one line that is the canonical log line and its metrics.

Everything written here is a code of our own or a verified claim. No token is ever in it, and
nothing the caller wrote: no path, no header, no claim of a token that did not verify.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from authorizer.decision import Decision
from authorizer.errors import Reason, UnavailableError
from authorizer.log_line import NAMESPACE, LogLines, directives
from authorizer.revocation.check import Finding, FoundBy, LedgerUse
from authorizer.revocation.verdict import Outcome
from authorizer.settings import Settings
from jose.keys import KeyStore

__all__ = ["NAMESPACE", "SERVICE", "Telemetry"]

SERVICE = "authorizer"

#: Lambda names the trace of an invocation here, if it traces.
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
_TRACE = re.compile(r"Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;.*)?")


class Telemetry:
    """Reports decisions. ``report`` never raises for want of some part of a decision."""

    def __init__(
        self, lines: LogLines, key_stores: tuple[KeyStore, ...], environ: Mapping[str, str]
    ) -> None:
        """
        Args:
            lines: writes them.
            key_stores: whose age and fetches are reported.
            environ: where Lambda names the trace of the present invocation.
        """
        self._lines = lines
        self._key_stores = key_stores
        self._environ = environ
        self._fetches_reported = 0

    def announce(self, settings: Settings) -> None:
        """Say once, at start, which unsafe choices were made."""
        if settings.unsafe_choices:
            self._lines.write(
                "WARNING", "unsafe settings", {"unsafe_choices": settings.unsafe_choices}
            )

    def report(self, decision: Decision, request_id: str) -> None:
        """Write the one line of a decision."""
        reason = decision.reason
        answer = "Granted"
        if reason is not None:
            answer = "Unavailable" if isinstance(decision.error, UnavailableError) else "Refused"
        line = self._members(decision, request_id, reason)
        metrics = self._metrics(decision, answer)
        line.update(metrics)
        # The total is one metric; of what was not granted, each reason is another.
        by_reason = "" if reason is None else answer
        self._lines.write("INFO", "decision", line, directives(tuple(metrics), by_reason))

    def _members(
        self, decision: Decision, request_id: str, reason: Reason | None
    ) -> dict[str, Any]:
        members: dict[str, Any] = {
            "request_id": request_id,
            "granted": reason is None,
            "reason": reason or "granted",
            "stage_ms": decision.stage_ms,
        }
        trace = self._environ.get(_TRACE_VARIABLE)
        if trace is not None and (named := _TRACE.fullmatch(trace)) is not None:
            members["xray_trace_id"] = named[1]
        if decision.request is not None:
            members["route"] = decision.request.route
        token = decision.token
        if token is not None:
            members["sub"] = token.subject
            members["client_id"] = token.client_id
            members["session"] = token.session_id
        if decision.finding is not None:
            _describe_finding(decision.finding, members)
        if decision.would_refuse is not None:
            members["would_refuse"] = decision.would_refuse
        if decision.fault:
            members["fault"] = decision.fault
        return members

    def _metrics(self, decision: Decision, answer: str) -> dict[str, float]:
        stage_ms = decision.stage_ms
        metrics = {answer: 1, "DecisionLatency": stage_ms["total"]}
        if "verification" in stage_ms:
            metrics["VerificationLatency"] = stage_ms["verification"]
        if "revocation" in stage_ms:
            metrics["RevocationLatency"] = stage_ms["revocation"]
        if decision.finding is not None:
            _measure_finding(decision.finding, metrics)
        if decision.would_refuse is not None:
            metrics["WouldRefuse"] = 1
        self._measure_keys(metrics)
        return metrics

    def _measure_keys(self, metrics: dict[str, float]) -> None:
        fetches = 0
        for store in self._key_stores:
            fetches += store.fetches
            age = store.age_seconds()
            if age is not None:
                metrics["KeyAge"] = max(metrics.get("KeyAge", 0), age)
            if store.served_stale:
                metrics["StaleKeysServed"] = 1
        if fetches > self._fetches_reported:
            metrics["KeySetFetches"] = fetches - self._fetches_reported
            self._fetches_reported = fetches


def _describe_finding(finding: Finding, members: dict[str, Any]) -> None:
    members["session_state"] = finding.verdict.outcome
    members["found_by"] = finding.found_by
    if finding.ledger is not LedgerUse.OFF:
        members["ledger"] = finding.ledger
    if finding.evicted:
        members["evicted"] = finding.evicted
    if finding.asked is not None:
        members["asked"] = finding.asked.source
        members["asked_ms"] = finding.asked.elapsed_ms


def _measure_finding(finding: Finding, metrics: dict[str, float]) -> None:
    found_by, ledger, asked = finding.found_by, finding.ledger, finding.asked
    metrics[f"VerdictFrom_{found_by}"] = 1
    # Verdicts have sources' names too; a rule that lets somebody in is one of these.
    if found_by is FoundBy.STALE:
        metrics["StaleVerdictServed"] = 1
    elif found_by is FoundBy.OUTAGE_RULE:
        metrics["FailedOpen"] = 1
    elif found_by is FoundBy.UNCHECKED_RULE and finding.verdict.outcome is Outcome.ACTIVE:
        metrics["UncheckedSessionAllowed"] = 1
    if ledger is not LedgerUse.OFF:
        metrics[f"Ledger_{ledger}"] = 1
    if finding.evicted:
        metrics["SessionsEvicted"] = finding.evicted
    if not finding.is_shared:
        metrics["VerdictNotShared"] = 1
    if asked is not None:
        metrics[f"Asked_{asked.source}_{asked.verdict.outcome}"] = 1
        metrics["AskedLatency"] = asked.elapsed_ms
        if asked.verdict.reason is Reason.ISSUER_THROTTLED:
            metrics["Throttled"] = 1
