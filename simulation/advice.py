"""What a plan tells its reader: one plain sentence or two for each thing there is to say."""

from __future__ import annotations

from infra.near_quota import NEAR_QUOTA_PERCENT
from simulation.cost import FREE_GETUSER_PER_SECOND
from simulation.load import LONGEST_TTL_SECONDS, Limits, Load, Settings
from simulation.outcome import Outcome

#: Of a quota that is not to be exceeded at the peak, so much is planned with.
HEADROOM = NEAR_QUOTA_PERCENT / 100


def is_hook_enough(load: Load, limits: Limits) -> bool:
    """Whether the hook can sign out as often as people sign in."""
    return load.sign_ins_per_second <= HEADROOM * limits.user_updates_per_second


def too_many_sign_ins(load: Load, limits: Limits) -> str:
    """When it cannot."""
    return (
        f"{load.sign_ins_per_second:.0f} sign-ins a second are too many for the hook: it signs out"
        f" at most {limits.user_updates_per_second:.0f} a second, and that quota is not sold."
        " Choose sessionMode ledger, or native."
    )


def tier_of_native() -> str:
    """What Cognito's own session management takes, and a plan of requests cannot price."""
    return (
        "sessionMode native takes the pool's tier Essentials or Plus, which Cognito sells by the"
        " month's active users; it is in no sum here."
    )


def to_set(settings: Settings) -> str:
    """The settings, by the names that a stack has for them."""
    return (
        f"Set verdictTtlSeconds to {settings.verdict_ttl_seconds}, memoryTtlSeconds to"
        f" {settings.memory_ttl_seconds}, gatewayTtlSeconds to {settings.gateway_ttl_seconds}."
    )


def quota_to_buy(wished_seconds: int, limits: Limits, needed: float, usd: float) -> str:
    """When the wish takes more than the account has."""
    return (
        f"A delay of {wished_seconds} s takes a GetUser quota of {needed:.0f} a second; the account"
        f" has {limits.getuser_per_second:.0f}. All beyond the free {FREE_GETUSER_PER_SECOND}"
        f" costs {usd:,.0f} USD a month."
    )


def shortest_delay(verdict_ttl_seconds: int | None, memory_ttl_seconds: int) -> str:
    """What can be had without buying."""
    if verdict_ttl_seconds is None:
        return (
            f"Not even the longest verdict TTL, {LONGEST_TTL_SECONDS} s, keeps the calls within"
            f" {HEADROOM:.0%} of the quota as it is."
        )
    return (
        f"Within the quota as it is, {verdict_ttl_seconds + memory_ttl_seconds} s is the shortest"
        f" delay for what Cognito alone knows (verdictTtlSeconds {verdict_ttl_seconds}); what is"
        f" pushed bites within {memory_ttl_seconds} s all the same."
    )


def refused_by_mistake(outcome: Outcome) -> str:
    """When the simulation does not confirm the plan."""
    return f"The simulation refuses {outcome.answers.mistaken:.1%} of all requests by mistake."
