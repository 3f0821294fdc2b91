"""The rows of the dashboard, from what is asked first to what is asked last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.observability import health_graphs as health
from infra.observability import traffic_graphs as traffic
from infra.observability.graphs import Graph
from infra.observability.measures import Measures
from infra.observability.options import ObservabilityOptions
from infra.observability.watched import Watched


def rows(watched: Watched, options: ObservabilityOptions) -> Iterator[Sequence[Graph]]:
    """What there is to show of these parts; no row is empty."""
    measures = Measures(watched.deployment)
    yield traffic.answers(measures), traffic.refusals(measures), traffic.quota(measures, options)
    yield (
        traffic.sources(measures),
        traffic.cache_hits(measures),
        traffic.latency(measures, options),
    )
    ledger = (health.ledger(measures),) if watched.sessions.has_ledger else ()
    yield health.less_strict(measures), health.unavailable(measures), *ledger
    hook = () if watched.hook is None else (health.sign_ins(measures),)
    feed = () if watched.feed is None else (health.feed(measures, watched.feed),)
    yield health.keys(measures), *hook, *feed
    endpoint = () if watched.sign_out is None else (health.sign_outs(measures),)
    pushed = () if watched.receivers is None else (health.pushed(measures, watched.receivers),)
    if endpoint or pushed:
        yield *endpoint, *pushed
