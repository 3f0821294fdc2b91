"""What it costs to report one decision: a log line and its metrics, to a file."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Sequence
from typing import IO, Any, cast

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from authorizer.decision import Decision
from authorizer.log_line import LogLines
from authorizer.request import read_request
from authorizer.revocation.check import Finding, FoundBy
from authorizer.revocation.verdict import ACTIVE
from authorizer.telemetry import Telemetry
from benchmarks import stopwatch
from benchmarks.figures import Figure, compare
from benchmarks.pool import event_of
from benchmarks.run import Run
from benchmarks.sandbox_program import Context, Unbuffered
from benchmarks.series import in_turn
from benchmarks.verifier import NO_LIMIT, local_settings, local_store, local_verifier

ROUNDS = 25
LINES = 200

_STAGE_MS = {"verification": 0.061, "revocation": 0.008, "total": 0.112}
#: What a decision from memory reports, besides two that the key store says.
_METRICS = {
    "Granted": (MetricUnit.Count, 1.0),
    "DecisionLatency": (MetricUnit.Milliseconds, _STAGE_MS["total"]),
    "VerificationLatency": (MetricUnit.Milliseconds, _STAGE_MS["verification"]),
    "RevocationLatency": (MetricUnit.Milliseconds, _STAGE_MS["revocation"]),
    "VerdictFrom_memory": (MetricUnit.Count, 1.0),
    "KeyAge": (MetricUnit.Seconds, 2.125),
}


def measure(run: Run) -> list[Figure]:
    """One line that is both, against Powertools' Logger and Metrics with the same content."""
    count, again = run.count(LINES), itertools.repeat(_decision(run))
    with run.file("log").open("w") as ours, run.file("log").open("w") as powertools:
        candidates = {
            "ours": stopwatch.each(_telemetry(run, Unbuffered(ours)), again, count),
            "powertools": _printing_to(
                powertools, stopwatch.each(_powertools(powertools), again, count)
            ),
        }
        for once in candidates.values():
            once()
        series = in_turn(run.rounds(ROUNDS), candidates)
    return [
        compare(
            "log_line.decision",
            "Log line and metrics of one decision",
            "µs",
            ours=series["ours"],
            peer="Powertools Logger and Metrics",
            theirs=series["powertools"],
        )
    ]


def _decision(run: Run) -> Decision:
    """One that was made from memory."""
    [text] = run.tokens(1)
    return Decision(
        request=read_request(event_of(text), local_settings()),
        token=local_verifier(run.clock).verify(text, NO_LIMIT),
        finding=Finding(ACTIVE, FoundBy.MEMORY),
        is_route_allowed=True,
        stage_ms=dict(_STAGE_MS),
    )


def _telemetry(run: Run, stream: Any) -> Callable[[Decision], None]:
    store = local_store(run.clock)
    token = local_verifier(run.clock, store).verify(run.tokens(1)[0], NO_LIMIT)
    lines = LogLines(stream, service="authorizer", deployment="default", clock=run.clock)
    telemetry = Telemetry(lines, {token.issuer: store}, {})
    return lambda decision: telemetry.report(decision, Context.aws_request_id)


def _powertools(stream: Any) -> Callable[[Decision], None]:
    logger = Logger(service="authorizer", stream=stream, use_rfc3339=True, utc=True)
    metrics = EphemeralMetrics(namespace="Textbook", service="authorizer")

    def report(decision: Decision) -> None:
        assert decision.request is not None
        assert decision.token is not None
        logger.info(
            "decision",
            deployment="default",
            request_id=Context.aws_request_id,
            granted=True,
            reason="granted",
            stage_ms=decision.stage_ms,
            route=decision.request.route,
            sub=decision.token.subject,
            client_id=decision.token.client_id,
            session=decision.token.session_id,
            session_state="active",
            found_by="memory",
        )
        metrics.add_dimension(name="deployment", value="default")
        for name, (unit, value) in _METRICS.items():
            metrics.add_metric(name=name, unit=unit, value=value)
        metrics.flush_metrics()

    return report


def _printing_to(stream: Any, once: Callable[[], Sequence[float]]) -> Callable[[], Sequence[float]]:
    """Powertools' metrics are printed, wherever the log lines go."""

    def redirected() -> Sequence[float]:
        with contextlib.redirect_stdout(cast("IO[str]", Unbuffered(stream))):
            return once()

    return redirected
