"""Builds a feed from an environment. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import IO

from ledger.aws import dynamodb
from ledger.writer import Writer
from session_feed.feed import Feed
from session_feed.settings import Settings
from session_feed.telemetry import SERVICE, Telemetry
from telemetry import Reports
from transport import MonotonicClock, WallClock


def wire(
    environ: Mapping[str, str],
    *,
    clock: WallClock = time.time,
    monotonic: MonotonicClock = time.monotonic,
    log_stream: IO[str] | None = None,
    service: str = SERVICE,
) -> Feed:
    """A feed with its settings read.

    Args:
        environ: the settings; see :meth:`session_feed.settings.Settings.from_env`; and the
            credentials and Region that Lambda sets.
        clock: wall-clock time, seconds since the epoch, for signatures and the feed's lag.
        monotonic: for time-outs.
        log_stream: where log lines go; standard output if none is given.
        service: what log lines and metrics call it.

    Raises:
        environment.SettingsError: when the settings cannot be used, with every problem.
    """
    settings = Settings.from_env(environ)
    calls = dynamodb(
        environ,
        local_endpoint=settings.local_endpoint,
        timeout_ms=settings.write_timeout_ms,
        clock=clock,
        monotonic=monotonic,
    )
    telemetry = Telemetry(Reports(service, settings.deployment, log_stream))
    return Feed(
        settings,
        Writer(settings.ledger_table, calls),
        telemetry,
        clock=clock,
        monotonic=monotonic,
    )
