"""A decision's line against another way of writing it: dictionaries, and an encoder for all."""

from __future__ import annotations

import io
import json
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from authorizer.choices import TokenUse
from authorizer.decision import Decision
from authorizer.errors import Reason, UnavailableError, refusal
from authorizer.log_line import LogLines
from authorizer.request import AnswerForm, GatewayRequest
from authorizer.revocation.check import Asked, Finding, FoundBy, LedgerUse
from authorizer.revocation.verdict import Concerns, Outcome, Verdict
from authorizer.telemetry import Telemetry
from authorizer.tokens import VerifiedToken
from jose.keys import KeyStore
from tests.tokens import NOW

NOBODY = VerifiedToken(
    *("", "issuer", "sub", TokenUse.ACCESS, "client", False, "ada", frozenset(), ()),
    *(NOW, NOW, NOW, "jti", "session"),
)
TRACE = "1-5759e988-bd862e3fe1be46a994272793"
LATENCIES = {
    "total": "DecisionLatency",
    "verification": "VerificationLatency",
    "revocation": "RevocationLatency",
}
UNITS = dict.fromkeys([*LATENCIES.values(), "AskedLatency"], "Milliseconds") | {"KeyAge": "Seconds"}
RULES = {FoundBy.STALE: "StaleVerdictServed", FoundBy.OUTAGE_RULE: "FailedOpen"}

reasons = st.sampled_from(Reason)
durations = st.floats(0, 1e7)
verdicts = st.builds(
    Verdict, st.sampled_from(Outcome), st.none() | reasons, st.sampled_from(Concerns)
)
sources = st.sampled_from(["getuser", "userinfo", "introspection"])
findings = st.builds(
    Finding,
    verdicts,
    st.sampled_from(FoundBy) | sources,
    st.none() | st.builds(Asked, sources, verdicts, durations),
    st.sampled_from(LedgerUse),
    st.integers(0, 99),
    st.booleans(),
)
tokens = st.builds(
    lambda subject, client_id, session_id: NOBODY._replace(
        subject=subject, client_id=client_id, session_id=session_id
    ),
    *(st.text(), st.text(), st.text()),
)
requests = st.builds(
    lambda route: GatewayRequest(
        AnswerForm.POLICY, "", "", is_cacheable=True, route=route, event={}
    ),
    st.text(),
)
decisions = st.builds(
    Decision,
    st.none() | requests,
    st.none() | tokens,
    st.none() | findings,
    st.none() | reasons.map(refusal),
    is_route_allowed=st.booleans(),
    would_refuse=st.none() | reasons,
    fault=st.text(),
    stage_ms=st.tuples(durations, durations, durations, st.integers(0, 2)).map(
        lambda drawn: dict(list(zip(reversed(LATENCIES), drawn, strict=False))[2 - drawn[3] :])
    ),
)


class Keys:
    """What a line says of a key store."""

    def __init__(self, fetches: int, age_seconds: float, *, served_stale: bool) -> None:
        self.fetches, self._age, self.served_stale = fetches, age_seconds, served_stale

    def age_seconds(self) -> float:
        return self._age


stores = st.fixed_dictionaries(
    dict.fromkeys(
        ("issuer", "another", "a third"),
        st.builds(Keys, st.integers(0, 9), durations, served_stale=st.booleans()),
    )
)


@given(decisions, stores, st.text(), st.booleans())
def test_a_line_says_the_same_in_either_way(
    decision: Decision, keys: dict[str, Keys], request_id: str, is_traced: bool
) -> None:
    """Whatever the claims say, a line is one line of JSON, and has its members and metrics."""
    stream = io.StringIO()
    lines = LogLines(stream, service="authorizer", deployment="blue", clock=lambda: NOW + 0.25)
    environ = {"_X_AMZN_TRACE_ID": f"Root={TRACE};Sampled=1"} if is_traced else {}
    Telemetry(lines, cast("dict[str, KeyStore]", keys), environ).report(decision, request_id)
    text = stream.getvalue()
    assert text.isascii()
    assert text.index("\n") == len(text) - 1
    members = json.loads(text, object_pairs_hook=_unique)
    directives = members.pop("_aws")
    metrics = _metrics(decision, keys)
    assert members == _rounded(
        _members(decision, request_id) | metrics | ({"xray_trace_id": TRACE} if is_traced else {})
    )
    assert directives == {
        "Timestamp": NOW * 1000 + 250,
        "CloudWatchMetrics": _directives(decision, metrics),
    }


def _members(decision: Decision, request_id: str) -> dict[str, Any]:
    members: dict[str, Any] = {
        "timestamp": "2026-11-20T12:00:00.250Z",
        "level": "INFO",
        "message": "decision",
        "service": "authorizer",
        "deployment": "blue",
        "request_id": request_id,
        "granted": decision.reason is None,
        "reason": decision.reason or "granted",
        "stage_ms": decision.stage_ms,
    }
    if decision.request is not None:
        members["route"] = decision.request.route
    if decision.token is not None:
        members["sub"] = decision.token.subject
        members["client_id"] = decision.token.client_id
        members["session"] = decision.token.session_id
    finding = decision.finding
    if finding is not None:
        members["session_state"] = finding.verdict.outcome
        members["found_by"] = finding.found_by
        if finding.ledger is not LedgerUse.OFF:
            members["ledger"] = finding.ledger
        if finding.evicted:
            members["evicted"] = finding.evicted
        if finding.asked is not None:
            members["asked"] = finding.asked.source
            members["asked_ms"] = finding.asked.elapsed_ms
    if decision.would_refuse is not None:
        members["would_refuse"] = decision.would_refuse
    if decision.fault:
        members["fault"] = decision.fault
    return members


def _metrics(decision: Decision, keys: dict[str, Keys]) -> dict[str, float]:
    metrics: dict[str, float] = {_answer(decision): 1}
    metrics |= {LATENCIES[stage]: taken for stage, taken in decision.stage_ms.items()}
    if decision.finding is not None:
        metrics |= _of_finding(decision.finding)
    if decision.would_refuse is not None:
        metrics["WouldRefuse"] = 1
    if decision.token is not None:
        metrics["KeyAge"] = keys[decision.token.issuer].age_seconds()
        if keys[decision.token.issuer].served_stale:
            metrics["StaleKeysServed"] = 1
    if fetches := sum(store.fetches for store in keys.values()):
        metrics["KeySetFetches"] = fetches
    return metrics


def _of_finding(finding: Finding) -> dict[str, float]:
    verdict, asked = finding.verdict, finding.asked
    metrics: dict[str, float] = {}
    if verdict.outcome is not Outcome.UNAVAILABLE:
        metrics[f"VerdictFrom_{finding.found_by}"] = 1
    rule = RULES.get(cast("FoundBy", finding.found_by))
    if finding.found_by == FoundBy.UNCHECKED_RULE and verdict.outcome is Outcome.ACTIVE:
        rule = "UncheckedSessionAllowed"
    if rule is not None:
        metrics[rule] = 1
    if finding.ledger is not LedgerUse.OFF:
        metrics[f"Ledger_{finding.ledger}"] = 1
    if finding.evicted:
        metrics["SessionsEvicted"] = finding.evicted
    if not finding.is_shared:
        metrics["VerdictNotShared"] = 1
    if asked is not None:
        metrics[f"Asked_{asked.source}_{asked.verdict.outcome}"] = 1
        metrics["AskedLatency"] = asked.elapsed_ms
        if asked.verdict.reason is Reason.ISSUER_THROTTLED:
            metrics["Throttled"] = 1
    return metrics


def _answer(decision: Decision) -> str:
    if decision.reason is None:
        return "Granted"
    return "Unavailable" if isinstance(decision.error, UnavailableError) else "Refused"


def _directives(decision: Decision, metrics: dict[str, float]) -> list[dict[str, Any]]:
    """Compared as they stand, but for the order of the metrics."""
    in_order = sorted(metrics)
    found = [_directive(["deployment", "service"], in_order)]
    if decision.reason is not None:
        found.append(_directive(["deployment", "service", "reason"], [_answer(decision)]))
    return found


def _directive(dimensions: list[str], names: list[str]) -> dict[str, Any]:
    return {
        "Namespace": "CognitoSessionAuthorizer",
        "Dimensions": [dimensions],
        "Metrics": [{"Name": name, "Unit": UNITS.get(name, "Count")} for name in names],
    }


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    assert len(members) == len(pairs)
    if "Metrics" in members:
        members["Metrics"].sort(key=lambda metric: metric["Name"])
    return members


def _rounded(members: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _rounded(value)
        if isinstance(value, dict)
        else float(f"{value:.3f}")
        if isinstance(value, float)
        else value
        for name, value in members.items()
    }
