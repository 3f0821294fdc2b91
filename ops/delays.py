"""How long a revoked session can still be let in, from what is deployed and what the ledger says.

The sums are :mod:`infra.revocation_delay`'s own: what is declared at synth and what is shown here
are one calculation, on settings that may have come to differ.
"""

from __future__ import annotations

from authorizer.settings import Settings
from infra.revocation_delay import (
    AuthorizerDelays,
    known_to_cognito,
    pushed,
    unbounding_choices,
    unbounding_choices_for_marks,
)


def verdict_ttl_seconds(settings: Settings, tightened_to: int | None) -> int:
    """What verdicts live for now: the ledger's row can shorten it, never lengthen it."""
    deployed = settings.verdict_ttl_seconds
    return deployed if tightened_to is None else max(0, min(deployed, tightened_to))


def delays_behind(
    settings: Settings,
    authorizer: str,
    gateway_ttl_seconds: int,
    *,
    tightened_to: int | None = None,
) -> AuthorizerDelays:
    """Both worst cases behind a gateway that caches for ``gateway_ttl_seconds``."""
    ledger = settings.ledger
    known = known_to_cognito(
        authorizer,
        gateway_ttl_seconds=gateway_ttl_seconds,
        memory_ttl_seconds=None if ledger is None else ledger.memory_ttl_seconds,
        verdict_ttl_seconds=verdict_ttl_seconds(settings, tightened_to),
        stale_grace_seconds=settings.stale_grace_seconds,
        unbounded_by=unbounding_choices(settings.outage_rule, settings.enforcement),
    )
    mark = (
        None
        if ledger is None
        else pushed(
            authorizer,
            gateway_ttl_seconds=gateway_ttl_seconds,
            memory_ttl_seconds=ledger.memory_ttl_seconds,
            ledger_outage_rule=ledger.outage_rule,
            unbounded_by=unbounding_choices_for_marks(settings.enforcement),
        )
    )
    return AuthorizerDelays(gateway_ttl_seconds, known, mark)
