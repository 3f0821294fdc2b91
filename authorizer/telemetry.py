"""One canonical log line and one set of EMF metrics per decision, by Powertools.

Everything written here is a code of our own or a verified claim. No token is ever in it, and
nothing the caller wrote: no path, no header, no claim of a token that did not verify.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from authorizer.decision import Decision
from authorizer.errors import UnavailableError
from authorizer.revocation.check import Finding, FoundBy, LedgerUse
from authorizer.revocation.verdict import Outcome
from authorizer.settings import Settings
from jose.keys import KeyStore

SERVICE = "authorizer"
NAMESPACE = "CognitoSessionAuthorizer"


class Telemetry:
    """Reports decisions. ``report`` never raises for want of some part of a decision."""

    def __init__(self, service: str, logger: Logger, key_stores: tuple[KeyStore, ...]) -> None:
        self._service = service
        self._logger = logger
        self._metrics = EphemeralMetrics(namespace=NAMESPACE, service=service)
        self._key_stores = key_stores
        self._fetches_reported = 0

    def announce(self, settings: Settings) -> None:
        """Say once, at start, which unsafe choices were made."""
        if settings.unsafe_choices:
            self._logger.warning(
                "unsafe settings", extra={"unsafe_choices": list(settings.unsafe_choices)}
            )

    def report(self, decision: Decision, request_id: str) -> None:
        """Write the line and the metrics of one decision."""
        self._logger.info("decision", extra=self._line(decision, request_id))
        self._measure(decision)
        self._metrics.flush_metrics()

    def _line(self, decision: Decision, request_id: str) -> dict[str, Any]:
        line: dict[str, Any] = {
            "granted": decision.reason is None,
            "reason": decision.reason.value if decision.reason else "granted",
            "request_id": request_id,
            "stage_ms": {name: round(ms, 3) for name, ms in decision.stage_ms.items()},
        }
        if decision.request is not None:
            line["route"] = decision.request.route
        if decision.token is not None:
            line["sub"] = decision.token.subject
            line["client_id"] = decision.token.client_id
            line["session"] = decision.token.session_id
        if decision.finding is not None:
            line["session_state"] = decision.finding.verdict.outcome.value
            line["found_by"] = str(decision.finding.found_by)
            if decision.finding.ledger is not LedgerUse.OFF:
                line["ledger"] = decision.finding.ledger.value
            if decision.finding.evicted:
                line["evicted"] = decision.finding.evicted
            if decision.finding.asked is not None:
                line["asked"] = decision.finding.asked.source
                line["asked_ms"] = round(decision.finding.asked.elapsed_ms, 3)
        if decision.would_refuse is not None:
            line["would_refuse"] = decision.would_refuse.value
        if decision.fault:
            line["fault"] = decision.fault
        return line

    def _measure(self, decision: Decision) -> None:
        self._count_answer(decision)
        self._time("DecisionLatency", decision.stage_ms["total"])
        finding = decision.finding
        if finding is not None:
            self._count(f"VerdictFrom_{finding.found_by}")
            if finding.found_by == FoundBy.STALE:
                self._count("StaleVerdictServed")
            if finding.found_by == FoundBy.OUTAGE_RULE:
                self._count("FailedOpen")
            if finding.found_by == FoundBy.UNCHECKED_RULE and (
                finding.verdict.outcome is Outcome.ACTIVE
            ):
                self._count("UncheckedSessionAllowed")
            self._measure_ledger(finding)
            if finding.asked is not None:
                self._count(f"Asked_{finding.asked.source}_{finding.asked.verdict.outcome}")
                self._time("AskedLatency", finding.asked.elapsed_ms)
        if decision.would_refuse is not None:
            self._count("WouldRefuse")
        self._measure_keys()

    def _measure_ledger(self, finding: Finding) -> None:
        if finding.ledger is not LedgerUse.OFF:
            self._count(f"Ledger_{finding.ledger}")
        if finding.evicted:
            self._metrics.add_metric("SessionsEvicted", MetricUnit.Count, finding.evicted)
        if not finding.is_shared:
            self._count("VerdictNotShared")

    def _count_answer(self, decision: Decision) -> None:
        if decision.reason is None:
            self._count("Granted")
        else:
            is_outage = isinstance(decision.error, UnavailableError)
            self._count("Unavailable" if is_outage else "Refused")
            # A second dimension set: the total stays one metric, each reason is another.
            self._metrics.add_dimensions(service=self._service, reason=decision.reason.value)

    def _measure_keys(self) -> None:
        ages = [age for store in self._key_stores if (age := store.age_seconds()) is not None]
        if ages:
            self._metrics.add_metric("KeyAge", MetricUnit.Seconds, max(ages))
        if any(store.served_stale for store in self._key_stores):
            self._count("StaleKeysServed")
        fetches = sum(store.fetches for store in self._key_stores)
        if fetches > self._fetches_reported:
            self._metrics.add_metric(
                "KeySetFetches", MetricUnit.Count, fetches - self._fetches_reported
            )
            self._fetches_reported = fetches

    def _count(self, name: str) -> None:
        self._metrics.add_metric(name, MetricUnit.Count, 1)

    def _time(self, name: str, milliseconds: float) -> None:
        self._metrics.add_metric(name, MetricUnit.Milliseconds, round(milliseconds, 3))
