"""Builds the check with a ledger. Imported only where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from authorizer.ledger_settings import LedgerSettings
from authorizer.revocation.check import RevocationCheck
from authorizer.revocation.enrolment import Enroller
from authorizer.revocation.ledger_check import LedgerCheck
from authorizer.revocation.row_memory import RowMemory
from authorizer.revocation.shared_verdict import SharedVerdicts
from authorizer.revocation.verdict import SessionSource
from authorizer.settings import Settings
from ledger.aws import dynamodb
from ledger.dynamodb import Calls
from ledger.reader import Reader
from ledger.roster import SessionPolicy
from ledger.writer import Writer
from transport import MonotonicClock, WallClock


def wire_ledger(
    environ: Mapping[str, str],
    settings: Settings,
    ledger: LedgerSettings,
    *,
    sources: Sequence[SessionSource],
    fallback: RevocationCheck,
    clock: WallClock,
    monotonic: MonotonicClock,
    pause: Callable[[float], None],
    calls: Calls | None,
) -> LedgerCheck:
    """The check that stands in front of ``fallback``; see :func:`authorizer.wiring.wire`."""
    if calls is None:
        calls = dynamodb(
            environ,
            local_endpoint=settings.local_endpoint,
            timeout_ms=ledger.timeout_ms,
            clock=clock,
            monotonic=monotonic,
        )
    reader, writer = Reader(ledger.table, calls), Writer(ledger.table, calls)
    rows = RowMemory(
        reader, ttl_seconds=ledger.memory_ttl_seconds, max_entries=settings.verdict_max_entries
    )
    enroller = None
    if ledger.limit.policy is not SessionPolicy.OFF:
        enroller = Enroller(ledger.limit, reader, writer, clock=clock)
    return LedgerCheck(
        settings,
        ledger,
        sources=sources,
        rows=rows,
        verdicts=SharedVerdicts(
            settings, rows, writer, clock=clock, monotonic=monotonic, pause=pause
        ),
        fallback=fallback,
        enroller=enroller,
        clock=clock,
        monotonic=monotonic,
    )
