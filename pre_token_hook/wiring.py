"""Builds a hook from an environment. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import IO

from cognito.aws import user_pools
from ledger.aws import dynamodb
from ledger.dynamodb import Calls
from ledger.writer import Writer
from pre_token_hook.hook import Hook
from pre_token_hook.mark import Marker
from pre_token_hook.settings import Settings
from pre_token_hook.sign_out import AdminUserGlobalSignOut, SignOut
from pre_token_hook.telemetry import SERVICE, Telemetry
from telemetry import Reports
from transport import MonotonicClock, Transport, WallClock
from transport.https import HttpsTransport


def wire(
    environ: Mapping[str, str],
    *,
    clock: WallClock = time.time,
    monotonic: MonotonicClock = time.monotonic,
    pause: Callable[[float], object] = time.sleep,
    transport: Transport | None = None,
    sign_out: SignOut | None = None,
    ledger_calls: Calls | None = None,
    log_stream: IO[str] | None = None,
    service: str = SERVICE,
) -> Hook:
    """A hook with its settings read.

    Args:
        environ: the settings; see :meth:`pre_token_hook.settings.Settings.from_env`.
        clock: wall-clock time, seconds since the epoch, for marks and signatures.
        monotonic: for time-outs.
        pause: waits for so many seconds before another attempt.
        transport: how to reach Cognito; plain HTTPS if none is given.
        ledger_calls: how to call the ledger's table; signed HTTPS if nothing else is given.
        sign_out: how to end a user's sessions; Cognito's own operation if none is given.
        log_stream: where log lines go; standard output if none is given.
        service: what log lines and metrics call it; see :class:`telemetry.Reports`.

    Raises:
        environment.SettingsError: when the settings cannot be used, with every problem.
    """
    settings = Settings.from_env(environ)
    telemetry = Telemetry(Reports(service, settings.deployment, log_stream))
    telemetry.announce(settings)
    marker: Marker | None = None
    if settings.ledger_table:
        calls = ledger_calls or dynamodb(
            environ,
            local_endpoint=settings.local_endpoint,
            timeout_ms=settings.ledger_timeout_ms,
            clock=clock,
            monotonic=monotonic,
        )
        writer = Writer(settings.ledger_table, calls)
        marker = Marker(settings, writer, clock=clock, monotonic=monotonic)
    if sign_out is None:
        cognito_calls = user_pools(
            environ.get("AWS_REGION", ""),
            environ,
            local_endpoint=settings.local_endpoint,
            max_attempts=settings.max_attempts,
            transport=transport
            or HttpsTransport(
                connect_timeout_ms=settings.connect_timeout_ms,
                read_timeout_ms=settings.read_timeout_ms,
                clock=monotonic,
            ),
            clock=clock,
            pause=pause,
        )
        sign_out = AdminUserGlobalSignOut(settings, cognito_calls, monotonic=monotonic)
    return Hook(settings, sign_out, telemetry, marker)
