"""What each decision is reported as: one line that is the canonical log line and its metrics.

Everything written here is a code of our own or a verified claim. No token is ever in it, and
nothing the caller wrote: no path, no header, no claim of a token that did not verify.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from authorizer.decision import Decision
from authorizer.errors import UnavailableError
from authorizer.finding_report import NOTHING, Pieces, finding_pieces
from authorizer.log_line import NAMESPACE, LogLines, directives, members, quoted
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from jose.keys import KeyStore

__all__ = ["NAMESPACE", "SERVICE", "Telemetry"]

SERVICE = "authorizer"

#: Lambda names the trace of an invocation here, if it traces.
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
_TRACE = re.compile(r"Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;.*)?")

#: Metrics of the stages, as many of them as a decision came to.
_LATENCIES = ("DecisionLatency", "VerificationLatency", "RevocationLatency")
_KEY_AGE = ("KeyAge",)


class Telemetry:
    """Reports decisions. ``report`` never raises for want of some part of a decision."""

    def __init__(
        self, lines: LogLines, key_stores: Mapping[str, KeyStore], environ: Mapping[str, str]
    ) -> None:
        """
        Args:
            lines: writes them.
            key_stores: of each issuer; their fetches are reported, and the age of the keys that
                a token was verified with.
            environ: where Lambda names the trace of the present invocation.
        """
        self._lines = lines
        self._key_stores = key_stores
        self._environ = environ
        self._fetches_reported = 0

    def announce(self, settings: Settings) -> None:
        """Say once, at start, which unsafe choices were made."""
        if settings.unsafe_choices:
            said = members({"unsafe_choices": settings.unsafe_choices})
            self._lines.write("WARNING", "unsafe settings", said)

    def report(self, decision: Decision, request_id: str) -> None:
        """Write the one line of a decision."""
        reason = decision.reason
        if reason is None:
            answer, by_reason, outcome = "Granted", "", '"granted":true,"reason":"granted"'
        else:
            is_outage = isinstance(decision.error, UnavailableError)
            # The total is one metric; of what was not granted, each reason is another.
            answer = by_reason = "Unavailable" if is_outage else "Refused"
            outcome = f'"granted":false,"reason":"{reason}"'
        timed, latencies = _stage_pieces(decision.stage_ms)
        found, verdicts = finding_pieces(decision.finding)
        keys, key_metrics = self._key_pieces(decision.token)
        text = (
            f'"request_id":{quoted(request_id)},{outcome},"{answer}":1{timed}'
            f"{self._trace_piece()}{_who_piece(decision)}{found}{keys}"
        )
        metrics = (answer, *latencies, *verdicts, *key_metrics)
        if decision.would_refuse is not None:
            text += f',"would_refuse":"{decision.would_refuse}","WouldRefuse":1'
            metrics += ("WouldRefuse",)
        if decision.fault:
            text += f',"fault":{quoted(decision.fault)}'
        self._lines.write("INFO", "decision", text, directives(metrics, by_reason))

    def _trace_piece(self) -> str:
        # Asked for first: what is not there takes the process's environment long to say.
        if _TRACE_VARIABLE in self._environ:
            named = _TRACE.fullmatch(self._environ[_TRACE_VARIABLE])
            if named is not None:
                return f',"xray_trace_id":"{named[1]}"'
        return ""

    def _key_pieces(self, token: VerifiedToken | None) -> Pieces:
        text, metrics = NOTHING
        if token is not None:
            # Of the keys that verified it, and of no others: which are looked at, and therefore
            # fetched anew, is up to whoever forges a token, and those age that nobody asks for.
            store = self._key_stores[token.issuer]
            text, metrics = f',"KeyAge":{store.age_seconds():.3f}', _KEY_AGE
            if store.served_stale:
                text += ',"StaleKeysServed":1'
                metrics += ("StaleKeysServed",)
        fetches = 0
        for store in self._key_stores.values():
            fetches += store.fetches
        if fetches > self._fetches_reported:
            text += f',"KeySetFetches":{fetches - self._fetches_reported}'
            metrics += ("KeySetFetches",)
            self._fetches_reported = fetches
        return text, metrics


def _stage_pieces(stage_ms: Mapping[str, float]) -> Pieces:
    """Durations, as stages and as metrics. Three digits: of a millisecond, nobody reads more."""
    total = f"{stage_ms['total']:.3f}"
    if "verification" not in stage_ms:
        return f',"stage_ms":{{"total":{total}}},"DecisionLatency":{total}', _LATENCIES[:1]
    verification = f"{stage_ms['verification']:.3f}"
    stages = f'"total":{total},"verification":{verification}'
    latencies = f'"DecisionLatency":{total},"VerificationLatency":{verification}'
    if "revocation" not in stage_ms:
        return f',"stage_ms":{{{stages}}},{latencies}', _LATENCIES[:2]
    revocation = f"{stage_ms['revocation']:.3f}"
    stages = f'{stages},"revocation":{revocation}'
    return f',"stage_ms":{{{stages}}},{latencies},"RevocationLatency":{revocation}', _LATENCIES


def _who_piece(decision: Decision) -> str:
    request, token = decision.request, decision.token
    route = "" if request is None else f',"route":{quoted(request.route)}'
    if token is None:
        return route
    return (
        f'{route},"sub":{quoted(token.subject)},"client_id":{quoted(token.client_id)},'
        f'"session":{quoted(token.session_id)}'
    )
