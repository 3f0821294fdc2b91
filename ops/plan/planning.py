"""Lets the simulation choose, and prices what it chose and what else could be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from simulation import Effort, Limits, Load, Plan, SessionMode, Settings, choose, plan
from simulation.advice import HEADROOM
from simulation.cost import MONTH_SECONDS
from simulation.planner import QUICK, Candidate

#: For prices alone a few requests do, and nobody need be revoked.
ROUGH = Effort(requests=1_000, watched=0)

#: Of the curve's verdict TTLs, in seconds, those that are priced besides the one that was chosen.
PRICED_TTLS = (0, 5, 15, 55, 300, 900, 3600)

#: Items of :func:`simulation.cost.cost_per_million` that are paid by the month, whatever is asked.
PAID_BY_THE_MONTH = frozenset({"metrics", "alarms", "dashboard", "GetUser quota"})


@dataclass(frozen=True, slots=True)
class Alternative:
    """One delay, with what it takes.

    Attributes:
        delay_seconds: the declared maximum for what Cognito alone knows.
        getuser_per_second: what Cognito is asked.
        quota_per_second: what the account needs for that: its own quota, or more, to be bought.
        usd_per_month: everything, that quota included.
    """

    verdict_ttl_seconds: int
    delay_seconds: int
    getuser_per_second: float
    quota_per_second: float
    usd_per_month: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was chosen, and what it is among.

    Attributes:
        usd_per_month: by item, at the mean load, with the account's quotas as they are.
    """

    plan: Plan
    usd_per_month: Mapping[str, float]
    alternatives: tuple[Alternative, ...]

    @property
    def delay_seconds(self) -> int:
        """The chosen settings' declared maximum for what Cognito alone knows."""
        return declared_seconds(self.plan.settings)


def propose(
    load: Load,
    limits: Limits,
    wished_delay_seconds: int,
    *,
    session_mode: SessionMode,
    mean_requests_per_second: float,
    seed: int = 1,
    effort: Effort = QUICK,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Proposal:
    """Choose settings, and price the alternatives.

    Args:
        load: at its peak.
        limits: the account's.
        wished_delay_seconds: how late what Cognito alone knows may bite.
        session_mode: who should leave a user one session.
        mean_requests_per_second: of a month, for what is paid by the request.
        seed: of the simulation.
        effort: how much is simulated for the choice.
        told: of how many of how many simulations are done.
    """
    steps = 1 + len(PRICED_TTLS)
    told(0, steps)
    chosen = choose(
        load, limits, wished_delay_seconds, session_mode=session_mode, seed=seed, effort=effort
    )
    share = mean_requests_per_second / load.requests_per_second
    alternatives = []
    for done, candidate in enumerate(c for c in chosen.curve if _is_priced(c)):
        told(1 + done, steps)
        alternatives.append(_price(chosen, candidate, share, seed))
    return Proposal(chosen, _by_month(load, chosen.outcome.cost, share), tuple(alternatives))


def declared_seconds(settings: Settings) -> int:
    """The sum that synth declares for these settings."""
    memory = settings.memory_ttl_seconds if settings.ledger else 0
    return (
        settings.gateway_ttl_seconds
        + memory
        + settings.verdict_ttl_seconds
        + settings.stale_grace_seconds
    )


def quota_needed(limits: Limits, getuser_per_second: float) -> float:
    """The quota under which so many calls leave headroom; the account's own if that does."""
    return max(limits.getuser_per_second, getuser_per_second / HEADROOM)


def _is_priced(candidate: Candidate) -> bool:
    return candidate.verdict_ttl_seconds in PRICED_TTLS


def _price(chosen: Plan, candidate: Candidate, share: float, seed: int) -> Alternative:
    quota = quota_needed(chosen.limits, candidate.getuser_per_second)
    bought = replace(chosen.limits, getuser_per_second=quota)
    settings = replace(chosen.settings, verdict_ttl_seconds=candidate.verdict_ttl_seconds)
    outcome = plan(chosen.load, bought, settings, seed=seed, effort=ROUGH)
    return Alternative(
        candidate.verdict_ttl_seconds,
        candidate.declared_seconds,
        candidate.getuser_per_second,
        quota,
        sum(_by_month(chosen.load, outcome.cost, share).values()),
    )


def _by_month(load: Load, per_million: Mapping[str, float], share: float) -> dict[str, float]:
    """Each item of a month: at the peak's rate what is paid by the month, at the mean the rest."""
    millions = load.requests_per_second * MONTH_SECONDS / 1e6
    return {
        item: usd * millions * (1.0 if item in PAID_BY_THE_MONTH else share)
        for item, usd in per_million.items()
    }
