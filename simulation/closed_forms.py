"""What the rates should be, by formulas: a first guess for plans, curves for charts, and the state
in which a simulation begins, so that it need not run for hours to settle.

A session whose pages reach the authorizer at a rate ``a`` is asked about once in every cycle of one
verdict's life and the wait for the next page: ``a / (1 + a T)`` times a second. With memories in
sandboxes alone, that holds for each pair of a session and a sandbox. If a share ``p`` of pages only
gets an answer, for want of quota, ``a p`` takes the place of ``a``. Sessions end, and a new one has
no verdict: with sign-ins at a rate ``s`` for each, a verdict lives for ``(1 - exp(-s T)) / s``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.load import Limits, Load, SessionMode, Settings
from simulation.sessions import weight

#: Of ranks: sums over a million sessions are taken at so many of them.
_POINTS = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """Rates by the closed forms."""

    getuser_per_second: float
    """What is asked if nobody is throttled."""
    answered_share: float
    """Of pages that need a verdict, how many get one within the account's quota; 1 if all do."""
    unavailable_share: float
    """Of all requests, refused for want of the account's quota. Users' own quotas are left out."""
    authorizer_calls_per_second: float
    sign_outs_per_second: float

    @property
    def is_overloaded(self) -> bool:
        """Whether more is asked than the quota allows."""
        return self.answered_share < 1


def estimate(load: Load, limits: Limits, settings: Settings) -> Estimate:
    """Estimate one load under one choice of settings."""
    pages = _page_rates(load)
    reaching = [(count, reached(rate, settings)) for count, rate in pages]
    calls = sum(count * rate for count, rate in reaching) * load.calls_per_page
    demand = _asked(reaching, load, settings, 1.0)
    share = 1.0
    if demand > limits.getuser_per_second:
        share = _share(reaching, load, settings, limits.getuser_per_second)
    needy = _needy(reaching, load, settings, share)
    return Estimate(
        getuser_per_second=demand,
        answered_share=share,
        unavailable_share=needy * (1 - share) * load.calls_per_page / load.requests_per_second,
        authorizer_calls_per_second=calls,
        sign_outs_per_second=(
            load.sign_ins_per_second if settings.session_mode is SessionMode.HOOK else 0.0
        ),
    )


def reached(pages_per_second: float, settings: Settings) -> float:
    """How many of a session's pages get past the gateway's cache."""
    return pages_per_second / (1 + pages_per_second * settings.gateway_ttl_seconds)


def fresh_share(rate: float, ttl_seconds: float, answered_share: float) -> float:
    """At any moment, the chance that what is asked for at this rate is still fresh."""
    held = rate * answered_share * ttl_seconds
    return held / (1 + held)


def _page_rates(load: Load) -> list[tuple[float, float]]:
    """Numbers of sessions, and the rate at which each of them loads pages."""
    everyone = load.active_sessions
    points = min(_POINTS, everyone)
    count = everyone / points
    weights = [weight((i + 0.5) * count, everyone) for i in range(points)]
    total = sum(weights) * count
    return [(count, load.pages_per_second * each / total) for each in weights]


def _needy(
    reaching: Sequence[tuple[float, float]], load: Load, settings: Settings, share: float
) -> float:
    """Pages a second, or with memories in sandboxes calls in pages, that find no fresh verdict."""
    if settings.verdict_ttl_seconds == 0:
        return sum(count * rate for count, rate in reaching)
    sign_ins = load.sign_ins_per_second / load.active_sessions
    ttl = -math.expm1(-sign_ins * settings.verdict_ttl_seconds) / sign_ins
    if settings.ledger:
        return sum(n * rate * (1 - fresh_share(rate, ttl, share)) for n, rate in reaching)
    boxes = max(1, load.sandboxes)
    return sum(
        n * rate * (1 - fresh_share(rate * load.calls_per_page / boxes, ttl, share))
        for n, rate in reaching
    )


def _asked(
    reaching: Sequence[tuple[float, float]], load: Load, settings: Settings, share: float
) -> float:
    """Calls of GetUser a second that are answered."""
    pages = _needy(reaching, load, settings, share) * share
    is_one_for_all = settings.ledger and settings.verdict_ttl_seconds > 0
    return pages if is_one_for_all else pages * load.calls_per_page


def _share(
    reaching: Sequence[tuple[float, float]], load: Load, settings: Settings, quota: float
) -> float:
    """The share of needy pages at which just the quota is used."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        if _asked(reaching, load, settings, middle) > quota:
            high = middle
        else:
            low = middle
    return low


def shared_row_reads(load: Load, settings: Settings, calls_per_second: float) -> float:
    """How often a second the pool's row is read, and the client's as often: by each sandbox when
    its memory of it has run out and the next request has come.
    """
    if not settings.ledger or calls_per_second <= 0:
        return 0.0
    boxes = max(1, load.sandboxes)
    return boxes / (settings.memory_ttl_seconds + boxes / calls_per_second)
