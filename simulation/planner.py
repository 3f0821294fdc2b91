"""Which settings to choose for a load, and what they will come to.

``choose`` guesses by the closed forms, in milliseconds, and lets a simulation confirm the guess, in
seconds. What cannot be had within the account's quotas it says in plain words, with the price of
what would be needed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from simulation.advice import (
    HEADROOM,
    is_hook_enough,
    quota_to_buy,
    refused_by_mistake,
    shortest_delay,
    tier_of_native,
    to_set,
    too_many_sign_ins,
)
from simulation.closed_forms import Estimate, estimate
from simulation.cost import FREE_GETUSER_PER_SECOND, read_prices
from simulation.effort import Effort
from simulation.load import LONGEST_TTL_SECONDS, Limits, Load, SessionMode, Settings
from simulation.outcome import Outcome
from simulation.run import simulate

#: A page's calls must find the verdict of the first one, or its user's own quota of ten a second
#: is spent; below this only a shorter wish leads.
_SHORTEST_VERDICT_TTL_SECONDS = 15
_MEMORY_TTL_SECONDS = 5
#: Seconds, for a command line. Nobody is revoked under load: a plan's delays are the declared ones.
QUICK = Effort(requests=5_000, watched=6)
#: For curves: verdict TTLs from off to the longest, in seconds.
CURVE_TTLS = (0, 5, 15, 30, 55, 120, 300, 600, 900, 1800, LONGEST_TTL_SECONDS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One verdict TTL, by the closed forms."""

    verdict_ttl_seconds: int
    declared_seconds: int
    """The declared maximum for what Cognito alone knows."""
    getuser_per_second: float
    unavailable_share: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What to set, and why."""

    load: Load
    limits: Limits
    wished_delay_seconds: int
    settings: Settings
    is_possible: bool
    """Whether the wish is met within 80 % of the quotas as they are."""
    advice: tuple[str, ...]
    getuser_quota_needed_per_second: float
    """To keep the wish; no more than the account's own if it is possible."""
    quota_usd_per_month: float
    """What is to be bought of it beyond what is free."""
    shortest_verdict_ttl_seconds: int | None
    """That stays within 80 % of the quota as it is; None if not even the longest does."""
    curve: tuple[Candidate, ...]
    outcome: Outcome
    """Simulated, with the settings above and the account's own limits."""

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and mappings."""
        document = asdict(self)
        document["outcome"] = self.outcome.to_json()
        return document


def plan(
    load: Load, limits: Limits, settings: Settings, *, seed: int = 1, effort: Effort = QUICK
) -> Outcome:
    """Simulate one load under one choice of settings, within seconds."""
    return simulate("plan", load, limits, settings, seed=seed, effort=effort)


def choose(
    load: Load,
    limits: Limits,
    wished_delay_seconds: int,
    *,
    session_mode: SessionMode = SessionMode.HOOK,
    seed: int = 1,
    effort: Effort = QUICK,
) -> Plan:
    """Choose settings for a load.

    Args:
        load: what there will be, at its peak.
        limits: the account's actual quotas.
        wished_delay_seconds: how late what Cognito alone knows may bite. What is pushed bites
            within the memory TTL, 5 seconds.
        session_mode: who should leave a user one session.
        seed: of the simulation.
        effort: how much is simulated to confirm the guess.
    """
    memory = min(_MEMORY_TTL_SECONDS, wished_delay_seconds)
    longest = min(LONGEST_TTL_SECONDS, wished_delay_seconds - memory)
    advice: list[str] = []
    mode = session_mode
    if mode is SessionMode.HOOK and not is_hook_enough(load, limits):
        mode = SessionMode.LEDGER
        advice.append(too_many_sign_ins(load, limits))
    if mode is SessionMode.NATIVE:
        advice.append(tier_of_native())
    base = Settings(memory_ttl_seconds=memory, session_mode=mode)
    shortest = _shortest_ttl(load, limits, base)
    is_possible = shortest is not None and shortest <= longest
    ttl = longest
    if is_possible:
        assert shortest is not None
        ttl = min(longest, max(shortest, _SHORTEST_VERDICT_TTL_SECONDS))
    settings = replace(base, verdict_ttl_seconds=ttl)
    asked = estimate(load, limits, settings).getuser_per_second
    needed = limits.getuser_per_second if is_possible else asked / HEADROOM
    bought = max(0.0, needed - FREE_GETUSER_PER_SECOND)
    usd = bought * float(read_prices()["usd"]["cognito_quota_rps_month"])
    if is_possible:
        advice.insert(0, to_set(settings))
    else:
        advice.append(quota_to_buy(wished_delay_seconds, limits, needed, usd))
        advice.append(shortest_delay(shortest, memory))
    outcome = plan(load, limits, settings, seed=seed, effort=effort)
    if not outcome.is_within_quota:
        advice.append(refused_by_mistake(outcome))
    return Plan(
        load=load,
        limits=limits,
        wished_delay_seconds=wished_delay_seconds,
        settings=settings,
        is_possible=is_possible,
        advice=tuple(advice),
        getuser_quota_needed_per_second=needed,
        quota_usd_per_month=usd,
        shortest_verdict_ttl_seconds=shortest,
        curve=curve(load, limits, base),
        outcome=outcome,
    )


def curve(load: Load, limits: Limits, settings: Settings) -> tuple[Candidate, ...]:
    """Delay against calls, by the closed forms, for verdict TTLs from off to the longest."""
    found = []
    for ttl in CURVE_TTLS:
        there = replace(settings, verdict_ttl_seconds=ttl)
        estimated = estimate(load, limits, there)
        found.append(
            Candidate(
                ttl,
                there.gateway_ttl_seconds
                + (there.memory_ttl_seconds if there.ledger else 0)
                + ttl
                + there.stale_grace_seconds,
                estimated.getuser_per_second,
                estimated.unavailable_share,
            )
        )
    return tuple(found)


def _shortest_ttl(load: Load, limits: Limits, settings: Settings) -> int | None:
    """The shortest verdict TTL within the quota's headroom: what is asked falls as it grows."""

    def fits(ttl: int) -> bool:
        found: Estimate = estimate(load, limits, replace(settings, verdict_ttl_seconds=ttl))
        return found.getuser_per_second <= HEADROOM * limits.getuser_per_second

    if not fits(LONGEST_TTL_SECONDS):
        return None
    low, high = -1, LONGEST_TTL_SECONDS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high
