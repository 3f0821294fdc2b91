"""What is decided, by what, and how fast."""

from __future__ import annotations

from authorizer.revocation.check import FoundBy
from infra.near_quota import NEAR_QUOTA_PERCENT, near
from infra.observability.catalogue import FINDINGS, SOURCES, verdict_from
from infra.observability.conditions import getuser_per_second
from infra.observability.graphs import Color, Graph, Line, counts
from infra.observability.impairments import ANSWERS
from infra.observability.measures import Measures, found_per_second
from infra.observability.options import ObservabilityOptions

_ASKED, _CACHED = SOURCES, (FoundBy.LEDGER.value, FoundBy.MEMORY.value)

#: By label: a search finds metrics with just these dimensions. Cognito's page lists Class among
#: them, and says that Cognito does not use it; most services do.
#: https://docs.aws.amazon.com/cognito/latest/developerguide/metrics-for-cognito-user-pools.html
_DIMENSIONS_OF_USAGE = {
    "whole account, as Cognito counts": "Resource,Service,Type",
    "whole account, if counted by class": "Class,Resource,Service,Type",
}

_COLOR_OF_FINDING = {
    "memory": Color.CALM,
    "ledger": Color.GOOD,
    "getuser": Color.USUAL,
    "userinfo": Color.RARE,
    "introspection": Color.RARE,
    "stale": Color.REFUSED,
    "outage_rule": Color.BAD,
    "unchecked_rule": Color.QUIET,
    "machine_rule": Color.QUIET,
}


def answers(measures: Measures) -> Graph:
    """Granted, refused, or nobody could say; of the last the share, too."""
    return Graph(
        title="Is it up? Answers a minute",
        left=counts(
            measures,
            {"Granted": Color.GOOD, "Refused": Color.REFUSED, "Unavailable": Color.BAD},
            {
                "Granted": "granted",
                "Refused": "refused (401, 403)",
                "Unavailable": "nobody could say (503)",
            },
        ),
        # Few of many are not to be seen in a stack, and yet too many.
        right=[
            measures.share(["Unavailable"], ANSWERS, label="503 of 100 (right)", color=Color.USUAL)
        ],
        is_stacked=True,
        right_unit="503, %",
    )


def refusals(measures: Measures) -> Graph:
    """Refusals by reason."""
    return Graph(
        title="Who is refused, and why? A minute, by reason",
        left=[measures.by_reason("Refused")],
        is_stacked=True,
    )


def quota(measures: Measures, options: ObservabilityOptions) -> Graph:
    """Questions to Cognito against the account's quota."""
    quota = options.get_user_quota
    # The names of Cognito's own counts are not certain, and a search takes what there is. It
    # is the whole account's: others spend the same quota.
    account = [
        found_per_second(
            f'{{AWS/Usage,{dimensions}}} MetricName="CallCount" Cognito UserRead',
            label=label,
            color=Color.QUIET,
        )
        for label, dimensions in _DIMENSIONS_OF_USAGE.items()
    ]
    return Graph(
        title="How near is the quota? GetUser calls a second",
        left=[
            *account,
            getuser_per_second(measures, Color.USUAL),
            measures.per_second(["Throttled"], label="throttled", color=Color.BAD),
        ],
        lines=[
            Line(value=quota, label=f"quota, {quota} a second"),
            Line(
                value=near(quota),
                label=f"{NEAR_QUOTA_PERCENT} %: alarm",
                color=Color.REFUSED,
            ),
        ],
    )


def sources(measures: Measures) -> Graph:
    """How verdicts were found."""
    return Graph(
        title="Where do verdicts come from? A minute",
        left=[
            measures.metric(
                verdict_from(name), label=name.replace("_", " "), color=_COLOR_OF_FINDING[name]
            )
            for name in sorted(FINDINGS, key=list(_COLOR_OF_FINDING).index)
        ],
        is_stacked=True,
    )


def cache_hits(measures: Measures) -> Graph:
    """The share of verdicts that took no question."""
    among = [verdict_from(name) for name in (*_CACHED, *_ASKED)]
    return Graph(
        title="How often is Cognito spared? Of 100 verdicts",
        left=[
            measures.share([verdict_from(name) for name in of], among, label=label)
            for of, label in (
                (_CACHED, "answered from a cache"),
                ((FoundBy.MEMORY.value,), "from this sandbox's memory"),
                ((FoundBy.LEDGER.value,), "from the ledger"),
            )
        ],
        top=100,
        unit="%",
    )


def latency(measures: Measures, options: ObservabilityOptions) -> Graph:
    """Decisions, their stages, and Cognito's answers."""
    limit = options.latency_alarm_ms
    return Graph(
        title="How long does a decision take? Milliseconds",
        left=[
            measures.metric(name, statistic=statistic, label=label, color=color)
            for name, statistic, label, color in (
                ("DecisionLatency", "p50", "decision p50", Color.CALM),
                ("DecisionLatency", "p99", "decision p99", Color.USUAL),
                ("VerificationLatency", "p99", "of it: verification p99", Color.GOOD),
                ("RevocationLatency", "p99", "of it: revocation p99", Color.RARE),
                ("AskedLatency", "p50", "Cognito's answer p50", Color.QUIET),
                ("AskedLatency", "p99", "Cognito's answer p99", Color.REFUSED),
            )
        ],
        lines=[Line(value=limit, label="p99 of decisions: alarm")],
    )
