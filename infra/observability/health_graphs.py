"""What is less strict than it should be, and how the parts behind the authorizer are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.logout_receivers import LogoutReceivers
from infra.observability.catalogue import Service
from infra.observability.graphs import Color, Graph, Line, counts
from infra.observability.measures import MINUTE, Measures
from infra.session_feed import SessionFeed
from pre_token_hook.hook import Outcome as HookOutcome
from receivers.report import Outcome as Received
from sign_out.report import Outcome as SignedOut

_Outcome = TypeVar("_Outcome", bound=StrEnum)

#: The authorizer's own default, which no setting of this app changes.
KEY_MAX_AGE_SECONDS = 3600

_COLOR_OF_SIGN_IN = {
    HookOutcome.SIGNED_OUT: Color.GOOD,
    HookOutcome.SIGNED_OUT_UNMARKED: Color.REFUSED,
    HookOutcome.NOT_A_SIGN_IN: Color.CALM,
    HookOutcome.EXEMPT: Color.QUIET,
    HookOutcome.UNKNOWN_SOURCE: Color.RARE,
    HookOutcome.REFUSED: Color.BAD,
    HookOutcome.ADMITTED: Color.BAD,
}


def less_strict(measures: Measures) -> Graph:
    """Whatever weakens the check."""
    return Graph(
        title="Is anybody let in who should not be? A minute",
        left=counts(
            measures,
            {
                "StaleVerdictServed": Color.REFUSED,
                "FailedOpen": Color.BAD,
                "UncheckedSessionAllowed": Color.QUIET,
                "WouldRefuse": Color.RARE,
                "StaleKeysServed": Color.USUAL,
            },
            {
                "StaleVerdictServed": "on an old verdict",
                "FailedOpen": "unchecked, in an outage",
                "UncheckedSessionAllowed": "unchecked, by rule",
                "WouldRefuse": "shadow: would be refused",
                "StaleKeysServed": "by old keys",
            },
        ),
    )


def unavailable(measures: Measures) -> Graph:
    """Outages by reason."""
    return Graph(
        title="Why could nobody say? 503 a minute, by reason",
        left=[measures.by_reason("Unavailable")],
        is_stacked=True,
    )


def ledger(measures: Measures) -> Graph:
    """How its rows came, and what could not be written."""
    return Graph(
        title="Does the ledger answer? Uses a minute",
        left=counts(
            measures,
            {
                "Ledger_memory": Color.CALM,
                "Ledger_read": Color.GOOD,
                "Ledger_down": Color.BAD,
            },
            {
                "Ledger_memory": "rows remembered",
                "Ledger_read": "rows read",
                "Ledger_down": "no answer",
            },
        ),
        right=counts(
            measures,
            {"VerdictNotShared": Color.REFUSED, "SessionsEvicted": Color.RARE},
            {"VerdictNotShared": "verdicts not shared", "SessionsEvicted": "sessions evicted"},
        ),
        is_stacked=True,
        right_unit="not shared, evicted",
    )


def keys(measures: Measures) -> Graph:
    """For how long the keys have been trusted that verified a token; forged ones show no age.

    Bundled keys are counted from the start of their sandbox on.
    """
    return Graph(
        title="How old are the signing keys? Seconds",
        left=[
            measures.metric("KeyAge", label="oldest that verified a token", color=Color.USUAL),
        ],
        right=[
            measures.metric("KeySetFetches", label="fetches", color=Color.QUIET),
        ],
        lines=[Line(value=KEY_MAX_AGE_SECONDS, label="maximum age")],
        right_unit="fetches a minute",
    )


def sign_ins(measures: Measures) -> Graph:
    """What became of the hook's calls."""
    return Graph(
        title="What does the hook do? Calls a minute",
        left=_outcomes(measures, Service.HOOK, "Hook", _COLOR_OF_SIGN_IN),
        is_stacked=True,
    )


def feed(measures: Measures, feed: SessionFeed) -> Graph:
    """How late it marks, and what it could not."""

    def of_feed(name: str, label: str, color: Color, statistic: str) -> cloudwatch.IMetric:
        return measures.metric(
            name, service=Service.FEED, statistic=statistic, label=label, color=color
        )

    return Graph(
        title="How late is the feed? Seconds",
        left=[
            of_feed("FeedLag", "lag p50", Color.CALM, "p50"),
            of_feed("FeedLag", "lag, longest", Color.USUAL, "Maximum"),
        ],
        right=[
            of_feed("Feed_marked", "marked", Color.QUIET, "Sum"),
            of_feed("Feed_unusable", "unusable", Color.REFUSED, "Sum"),
            feed.dead_letters.metric_approximate_number_of_messages_visible(
                statistic="Maximum", period=MINUTE, label="dead letters", color=Color.BAD
            ),
        ],
        right_unit="events",
    )


def sign_outs(measures: Measures) -> Graph:
    """What became of requests to sign out."""
    colors = {
        SignedOut.SIGNED_OUT: Color.GOOD,
        SignedOut.NOTHING: Color.QUIET,
        SignedOut.FOREIGN_SITE: Color.REFUSED,
        SignedOut.MALFORMED: Color.RARE,
        SignedOut.UNAVAILABLE: Color.BAD,
    }
    return Graph(
        title="Do people get signed out? A minute",
        left=_outcomes(measures, Service.SIGN_OUT, "SignOut", colors),
        is_stacked=True,
    )


def pushed(measures: Measures, receivers: LogoutReceivers) -> Graph:
    """What became of what providers pushed, of each kind."""
    colors = {
        Received.SIGNED_OUT: Color.GOOD,
        Received.USER_UNKNOWN: Color.RARE,
        Received.NOT_ACTIONABLE: Color.QUIET,
        Received.REFUSED: Color.REFUSED,
        Received.NOT_SIGNED_OUT: Color.BAD,
        Received.UNAVAILABLE: Color.BAD,
    }
    return Graph(
        title="Do pushed sign-outs arrive? A minute",
        left=[
            metric
            for kind in receivers.functions
            for metric in _outcomes(
                measures, Service(kind.value), "Received", colors, whose=f"{kind}: "
            )
        ],
        is_stacked=True,
    )


def _outcomes(
    measures: Measures,
    service: Service,
    prefix: str,
    colors: Mapping[_Outcome, Color],
    whose: str = "",
) -> list[cloudwatch.IMetric]:
    """How often each came about; ``whose`` stands before its name."""
    return [
        measures.metric(
            f"{prefix}_{outcome}",
            service=service,
            label=f"{whose}{outcome}".replace("_", " "),
            color=color,
        )
        for outcome, color in colors.items()
    ]
