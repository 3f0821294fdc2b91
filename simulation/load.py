"""What goes into a simulation: the load, the account's limits, and what is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class SessionMode(StrEnum):
    """Who leaves a user one session; see ``docs/decisions/0007-which-session-mode.md``."""

    OFF = "off"
    HOOK = "hook"
    """``AdminUserGlobalSignOut`` at every sign-in."""
    NATIVE = "native"
    """Cognito's own session management, of the tiers Essentials and Plus."""
    LEDGER = "ledger"
    """A roster in the ledger, for one session."""


@dataclass(frozen=True, slots=True)
class Load:
    """What people do.

    Args:
        requests_per_second: calls of the API, of all users together.
        active_sessions: sessions that make them, the busiest some 12 times as busy as the mean.
        sandboxes: execution environments of the authorizer that requests spread over, evenly, as
            they are idle; more are started when none is. 0 lets the load alone decide: then
            nothing may be sub-sampled.
        calls_per_page: calls that a page fires at once; all traffic comes in pages.
        burst_seconds: within which they reach the API.
        session_hours: how long a session lives: with as many active, as many sign-ins follow.
        token_life_seconds: of access tokens.
    """

    requests_per_second: float
    active_sessions: int
    sandboxes: int
    calls_per_page: int = 15
    burst_seconds: float = 0.05
    session_hours: float = 8.0
    token_life_seconds: int = 3600

    @property
    def pages_per_second(self) -> float:
        """Of all users together."""
        return self.requests_per_second / self.calls_per_page

    @property
    def sign_ins_per_second(self) -> float:
        """Sessions that begin, as many as end."""
        return self.active_sessions / (self.session_hours * 3600)


@dataclass(frozen=True, slots=True)
class Limits:
    """What AWS allows: for the account and Region, for one user, for one partition of a table.

    https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
    """

    getuser_per_second: float = 120
    getuser_per_user_per_second: float = 10
    user_updates_per_second: float = 25
    partition_read_units_per_second: int = 3000
    partition_write_units_per_second: int = 1000
    partitions: int = 16
    """Of a table that has grown with its load, to some 48,000 read units a second. A new one on
    demand has four, which bear 12,000 reads or 4,000 writes a second."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is deployed: the settings of the authorizer's that cost or delay something."""

    ledger: bool = True
    verdict_ttl_seconds: int = 15
    memory_ttl_seconds: int = 5
    gateway_ttl_seconds: int = 0
    stale_grace_seconds: int = 0
    session_mode: SessionMode = SessionMode.HOOK
    verdict_max_entries: int = 10_000
    lambda_memory_mb: int = 512

    def __post_init__(self) -> None:
        """Raises ValueError: for what the authorizer would refuse."""
        for name in ("verdict", "memory", "gateway"):
            if not 0 <= getattr(self, f"{name}_ttl_seconds") <= LONGEST_TTL_SECONDS:
                raise ValueError(f"{name}_ttl_seconds must be 0 to {LONGEST_TTL_SECONDS}")
        if self.session_mode is SessionMode.LEDGER and not self.ledger:
            raise ValueError("session_mode ledger needs the ledger")


#: The authorizer's own upper limit for each of its times.
LONGEST_TTL_SECONDS = 3600

#: The caching levels that are compared, from off to on.
LEVELS = MappingProxyType(
    {
        "none": Settings(ledger=False, verdict_ttl_seconds=0),
        "sandbox memory": Settings(ledger=False),
        "ledger": Settings(),
        "busy": Settings(verdict_ttl_seconds=55),
        "gateway": Settings(verdict_ttl_seconds=55, gateway_ttl_seconds=300),
        "long": Settings(verdict_ttl_seconds=900),
        "longest": Settings(verdict_ttl_seconds=LONGEST_TTL_SECONDS),
    }
)
