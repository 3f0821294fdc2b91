"""What is drawn, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from authorizer.revocation.check import FoundBy
from infra.observability.catalogue import FINDINGS, SOURCES, Service, verdict_from
from infra.observability.conditions import ANSWERS, NEAR_QUOTA_PERCENT, getuser_per_second
from infra.observability.graphs import Color, Graph, Line
from infra.observability.measures import MINUTE, Measures, found_per_second
from infra.observability.options import ObservabilityOptions
from infra.observability.watched import Watched
from infra.session_feed import SessionFeed
from pre_token_hook.hook import Outcome as HookOutcome

#: The authorizer's own default, which no setting of this app changes.
KEY_MAX_AGE_SECONDS = 3600

_ASKED, _CACHED = SOURCES, (FoundBy.LEDGER.value, FoundBy.MEMORY.value)

_COLOR_OF_FINDING = {
    "memory": Color.CALM,
    "ledger": Color.GOOD,
    "getuser": Color.USUAL,
    "userinfo": Color.RARE,
    "stale": Color.REFUSED,
    "outage_rule": Color.BAD,
    "unchecked_rule": Color.QUIET,
    "machine_rule": Color.QUIET,
}

_COLOR_OF_SIGN_IN = {
    HookOutcome.SIGNED_OUT: Color.GOOD,
    HookOutcome.SIGNED_OUT_UNMARKED: Color.REFUSED,
    HookOutcome.NOT_A_SIGN_IN: Color.CALM,
    HookOutcome.EXEMPT: Color.QUIET,
    HookOutcome.UNKNOWN_SOURCE: Color.RARE,
    HookOutcome.REFUSED: Color.BAD,
    HookOutcome.ADMITTED: Color.BAD,
}


class Widgets:
    """The graphs of one deployment."""

    def __init__(self, watched: Watched, options: ObservabilityOptions) -> None:
        self._watched = watched
        self._options = options
        self._measures = Measures(watched.deployment)

    def rows(self) -> Iterator[Sequence[Graph]]:
        """From what is asked first to what is asked last; no row is empty."""
        yield self._answers(), self._refusals(), self._quota()
        yield self._sources(), self._cache_hits(), self._latency()
        ledger = (self._ledger(),) if self._watched.sessions.has_ledger else ()
        yield self._less_strict(), self._unavailable(), *ledger
        hook = () if self._watched.hook is None else (self._sign_ins(),)
        feed = () if self._watched.feed is None else (self._feed(self._watched.feed),)
        yield self._keys(), *hook, *feed

    def _answers(self) -> Graph:
        return Graph(
            title="Is it up? Answers a minute",
            left=self._counts(
                {"Granted": Color.GOOD, "Refused": Color.REFUSED, "Unavailable": Color.BAD},
                {
                    "Granted": "granted",
                    "Refused": "refused (401, 403)",
                    "Unavailable": "nobody could say (503)",
                },
            ),
            # Few of many are not to be seen in a stack, and yet too many.
            right=[
                self._measures.share(
                    ["Unavailable"], ANSWERS, label="503 of 100 (right)", color=Color.USUAL
                )
            ],
            is_stacked=True,
            right_unit="503, %",
        )

    def _refusals(self) -> Graph:
        return Graph(
            title="Who is refused, and why? A minute, by reason",
            left=[self._measures.by_reason("Refused")],
            is_stacked=True,
        )

    def _quota(self) -> Graph:
        quota = self._options.get_user_quota
        # The names of Cognito's own counts are not certain, and a search takes what there is. It
        # is the whole account's: others spend the same quota.
        account = found_per_second(
            '{AWS/Usage,Class,Resource,Service,Type} MetricName="CallCount" Cognito UserRead',
            label="whole account, as Cognito counts",
            color=Color.QUIET,
        )
        return Graph(
            title="How near is the quota? GetUser calls a second",
            left=[
                account,
                getuser_per_second(self._measures, Color.USUAL),
                self._measures.per_second(["Throttled"], label="throttled", color=Color.BAD),
            ],
            lines=[
                Line(value=quota, label=f"quota, {quota} a second"),
                Line(
                    value=quota * NEAR_QUOTA_PERCENT / 100,
                    label=f"{NEAR_QUOTA_PERCENT} %: alarm",
                    color=Color.REFUSED,
                ),
            ],
        )

    def _sources(self) -> Graph:
        return Graph(
            title="Where do verdicts come from? A minute",
            left=[
                self._measures.metric(
                    verdict_from(name), label=name.replace("_", " "), color=_COLOR_OF_FINDING[name]
                )
                for name in sorted(FINDINGS, key=list(_COLOR_OF_FINDING).index)
            ],
            is_stacked=True,
        )

    def _cache_hits(self) -> Graph:
        among = [verdict_from(name) for name in (*_CACHED, *_ASKED)]
        return Graph(
            title="How often is Cognito spared? Of 100 verdicts",
            left=[
                self._measures.share([verdict_from(name) for name in of], among, label=label)
                for of, label in (
                    (_CACHED, "answered from a cache"),
                    ((FoundBy.MEMORY.value,), "from this sandbox's memory"),
                    ((FoundBy.LEDGER.value,), "from the ledger"),
                )
            ],
            top=100,
            unit="%",
        )

    def _latency(self) -> Graph:
        limit = self._options.latency_alarm_ms
        return Graph(
            title="How long does a decision take? Milliseconds",
            left=[
                self._measures.metric(name, statistic=statistic, label=label, color=color)
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

    def _less_strict(self) -> Graph:
        return Graph(
            title="Is anybody let in who should not be? A minute",
            left=self._counts(
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

    def _unavailable(self) -> Graph:
        return Graph(
            title="Why could nobody say? 503 a minute, by reason",
            left=[self._measures.by_reason("Unavailable")],
            is_stacked=True,
        )

    def _ledger(self) -> Graph:
        return Graph(
            title="Does the ledger answer? Uses a minute",
            left=self._counts(
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
            right=self._counts(
                {"VerdictNotShared": Color.REFUSED, "SessionsEvicted": Color.RARE},
                {"VerdictNotShared": "verdicts not shared", "SessionsEvicted": "sessions evicted"},
            ),
            is_stacked=True,
            right_unit="not shared, evicted",
        )

    def _keys(self) -> Graph:
        return Graph(
            title="How old are the signing keys? Seconds",
            left=[
                self._measures.metric("KeyAge", label="oldest in use", color=Color.USUAL),
            ],
            right=[
                self._measures.metric("KeySetFetches", label="fetches", color=Color.QUIET),
            ],
            lines=[Line(value=KEY_MAX_AGE_SECONDS, label="maximum age")],
            right_unit="fetches a minute",
        )

    def _sign_ins(self) -> Graph:
        return Graph(
            title="What does the hook do? Calls a minute",
            left=[
                self._measures.metric(
                    f"Hook_{outcome}",
                    service=Service.HOOK,
                    label=outcome.replace("_", " "),
                    color=color,
                )
                for outcome, color in _COLOR_OF_SIGN_IN.items()
            ],
            is_stacked=True,
        )

    def _feed(self, feed: SessionFeed) -> Graph:
        def of_feed(name: str, label: str, color: Color, statistic: str) -> cloudwatch.IMetric:
            return self._measures.metric(
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

    def _counts(
        self, colors: Mapping[str, Color], labels: Mapping[str, str]
    ) -> list[cloudwatch.IMetric]:
        return [
            self._measures.metric(name, label=labels[name], color=color)
            for name, color in colors.items()
        ]
