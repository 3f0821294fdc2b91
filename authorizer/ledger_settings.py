"""The settings that concern the session ledger; all of them absent if there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from authorizer.choices import LedgerOutageRule
from environment import EnvironmentReader

if TYPE_CHECKING:
    from ledger.roster import Limit


class LedgerSettings(NamedTuple):
    """Where the ledger is, how long its rows are remembered, and how sessions are limited."""

    table: str
    region: str
    memory_ttl_seconds: int
    timeout_ms: int
    cooldown_ms: int
    outage_rule: LedgerOutageRule
    limit: Limit

    @property
    def keeps_roster(self) -> bool:
        """Whether users' sessions are counted at all."""
        from ledger.roster import SessionPolicy  # noqa: PLC0415  # as below

        return self.limit.policy is not SessionPolicy.OFF


def read_ledger_settings(read: EnvironmentReader) -> LedgerSettings | None:
    """Read them; None without ``LEDGER_TABLE``. Problems are recorded with ``read``."""
    table = read.text("LEDGER_TABLE")
    if not table:
        return None
    # Imported here, so that nobody's cold start pays for a ledger that is not there.
    from ledger.roster import SEEN_RESOLUTION_SECONDS, Limit, SessionPolicy  # noqa: PLC0415

    region = read.text("AWS_REGION")
    if not region:
        read.problem("AWS_REGION", "must be the Region of LEDGER_TABLE; Lambda sets it")
    settings = LedgerSettings(
        table=table,
        region=region,
        # How late a mark may bite: between two reads of one row by one sandbox.
        memory_ttl_seconds=read.integer("MEMORY_TTL_SECONDS", default=5, minimum=0, maximum=3600),
        timeout_ms=read.integer("LEDGER_TIMEOUT_MS", default=300, minimum=50, maximum=1000),
        # While the ledger is down, one request in this time waits for its time-out, not each.
        cooldown_ms=read.integer("LEDGER_COOLDOWN_MS", default=1000, minimum=0, maximum=60_000),
        outage_rule=read.choice(
            "LEDGER_OUTAGE_RULE", LedgerOutageRule, default=LedgerOutageRule.GETUSER
        ),
        limit=Limit(
            policy=read.choice("SESSION_POLICY", SessionPolicy, default=SessionPolicy.OFF),
            sessions=read.integer("SESSION_LIMIT", default=1, minimum=1, maximum=100),
            # How long an unused session holds its place: by default as long as Cognito's
            # refresh tokens live by default.
            idle_seconds=read.integer(
                "SESSION_IDLE_SECONDS", default=2_592_000, minimum=3600, maximum=315_619_200
            ),
        ),
    )
    needed = settings.memory_ttl_seconds + SEEN_RESOLUTION_SECONDS
    if settings.limit.idle_seconds <= needed:
        # A session in use is seen, and written down as seen, only so often.
        read.problem("SESSION_IDLE_SECONDS", f"must be above {needed}, or sessions in use are idle")
    return settings
