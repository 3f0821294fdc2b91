"""Conditions by which callers are not served as they should be: one message speaks of all."""

from __future__ import annotations

from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from authorizer.errors import Reason
from infra.observability.condition import Condition
from infra.observability.measures import MINUTE, Measures, formula, total
from infra.observability.options import ObservabilityOptions
from infra.observability.watched import Watched

_FIVE_MINUTES = cdk.Duration.minutes(5)

#: A share of callers who get 503, and for how many of five minutes, that is more than a hiccup.
_UNAVAILABLE_PERCENT = 5

#: Fewer decisions than these within five minutes have no slowest hundredth.
_ENOUGH_DECISIONS = 100

#: What becomes of a request, one of the three.
ANSWERS = ("Granted", "Refused", "Unavailable")


def impairments(
    watched: Watched, measures: Measures, options: ObservabilityOptions
) -> Iterator[Condition]:
    """What there is of it to watch; see :func:`infra.observability.conditions.conditions`."""
    yield Condition(
        name="unavailable",
        why=f"{_UNAVAILABLE_PERCENT} of 100 callers or more are answered 503: nobody could say"
        " whether their sessions live. Their reason is on the dashboard.",
        first='Read the reason off the dashboard\'s graph "Why could nobody say?".',
        metric=measures.share(["Unavailable"], ANSWERS, label="answered 503, %"),
        threshold=_UNAVAILABLE_PERCENT,
        of=3,
        among=5,
        is_impairment=True,
    )
    yield Condition(
        name="getuser-throttled",
        why="Whoever is asked about sessions throttles. Of GetUser the account's quota or a user's"
        " ten a second are spent.",
        first="Run `python -m ops ttl show`, and end a tightening that was left on.",
        metric=measures.metric("Throttled"),
        of=3,
        among=5,
        is_impairment=True,
    )
    yield Condition(
        name="keys-failing",
        why="The pool's signing keys cannot be fetched: tokens are verified with keys beyond"
        " their maximum age, or not at all.",
        first="Fetch the issuer's /.well-known/jwks.json from the functions' network. Do not"
        " restart anything: new sandboxes have no keys.",
        metric=_failing_keys(measures),
        of=3,
        among=5,
        is_impairment=True,
    )
    yield Condition(
        name="slow-decisions",
        why=f"One decision of a hundred takes {options.latency_alarm_ms} ms or longer.",
        first="Run the saved query `slow-decisions`: which stage takes the time?",
        metric=_slowest_hundredth(measures),
        threshold=options.latency_alarm_ms,
        of=3,
        among=3,
        is_impairment=True,
    )
    yield Condition(
        name="sandboxes-throttled",
        why="Lambda has no sandbox left for the authorizer: callers are answered 503. The"
        " function's reserved concurrency or the account's is spent.",
        first="Compare ConcurrentExecutions of function and account with their limits, and raise"
        " the one that is reached.",
        metric=watched.sessions.function.metric_throttles(statistic="Sum", period=MINUTE),
        of=2,
        among=3,
        is_impairment=True,
    )


def _slowest_hundredth(measures: Measures) -> cloudwatch.IMetric:
    # CloudWatch's own rule for few samples leaves the state as it is: an alarm that rings when
    # traffic ends would ring all night, and keep the composite from telling of anything else.
    metrics = {
        "n": measures.metric("DecisionLatency", statistic="SampleCount", period=_FIVE_MINUTES),
        "p99": measures.metric("DecisionLatency", statistic="p99", period=_FIVE_MINUTES),
    }
    return formula(
        f"IF(n >= {_ENOUGH_DECISIONS}, p99, 0)",
        metrics,
        label="p99 of decisions, if enough",
        period=_FIVE_MINUTES,
    )


def _failing_keys(measures: Measures) -> cloudwatch.IMetric:
    metrics = {
        "stale": measures.metric("StaleKeysServed"),
        "unavailable": measures.metric("Unavailable", reason=Reason.KEYS_UNAVAILABLE),
    }
    return formula(total(metrics), metrics, label="decided with old keys or none")
