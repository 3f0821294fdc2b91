"""Cognito as a Lambda reaches it: credentials from its environment."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from cognito.calls import Calls, Cognito
from cognito.retries import Retrying
from transport import Transport, WallClock
from transport.aws import lambda_credentials


def user_pools(
    region: str,
    environ: Mapping[str, str],
    *,
    local_endpoint: str | None,
    max_attempts: int = 2,
    transport: Transport,
    clock: WallClock,
    pause: Callable[[float], object],
) -> Calls:
    """Calls Cognito in one Region.

    Args:
        region: the user pool's.
        environ: holds the credentials that Lambda sets.
        local_endpoint: an address of this machine in place of AWS's.
        max_attempts: how often what may pass is tried.
        transport: how to reach it.
        clock: wall-clock time, seconds since the epoch, for signatures.
        pause: waits for so many seconds before another attempt.
    """
    calls = Cognito(
        region,
        local_endpoint,
        credentials=lambda_credentials(environ),
        transport=transport,
        clock=clock,
    )
    return Retrying(calls, max_attempts=max_attempts, pause=pause, chance=random.random)
