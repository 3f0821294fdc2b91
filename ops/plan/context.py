"""A choice of settings in ``cdk.json``'s words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulation import Plan


def context_of(plan: Plan) -> Mapping[str, Mapping[str, Any]]:
    """The members of the context object ``authorizer`` that make a plan's settings the deployed
    ones, and hold later changes to the wish.
    """
    settings = plan.settings
    return {
        "authorizer": {
            "ledger": settings.ledger,
            "sessionMode": settings.session_mode.value,
            "verdictTtlSeconds": settings.verdict_ttl_seconds,
            "memoryTtlSeconds": settings.memory_ttl_seconds,
            "gatewayTtlSeconds": settings.gateway_ttl_seconds,
            "maxRevocationDelaySeconds": plan.wished_delay_seconds,
            "getUserQuota": max(1, math.floor(plan.limits.getuser_per_second)),
            "memorySizeMb": settings.lambda_memory_mb,
        }
    }
