"""How many sessions a user may have, and who sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from infra.context_reader import ContextReader
from ledger.roster import Limit, SessionPolicy

MAX_SESSIONS = 100

#: How long an unused session holds its place, and that nothing is limited.
UNLIMITED = Limit(policy=SessionPolicy.OFF, sessions=1, idle_seconds=2_592_000)


class SessionMode(StrEnum):
    """Who ends a session that is one too many (``docs/decisions/0007-which-session-mode.md``)."""

    HOOK = "hook"
    """The hook signs a user out everywhere else at each sign-in. The default for a new pool."""
    NATIVE = "native"
    """Cognito's own session management, in the tiers Essentials and Plus."""
    LEDGER = "ledger"
    """The authorizer keeps a roster of sessions in the ledger."""
    OFF = "off"
    """Nobody. The default for an existing pool."""


class RosterPolicy(StrEnum):
    """What becomes of the session that is one too many on a roster."""

    EVICT_OLDEST = "evict_oldest"
    REFUSE_NEW = "refuse_new"
    NOTIFY_ONLY = "notify_only"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionOptions:
    """A deployment's limit on sessions."""

    session_mode: SessionMode = SessionMode.HOOK
    session_limit: int = UNLIMITED.sessions
    session_policy: RosterPolicy = RosterPolicy.EVICT_OLDEST
    session_idle_seconds: int = UNLIMITED.idle_seconds

    @property
    def roster(self) -> Limit:
        """What the authorizer is told."""
        if self.session_mode is not SessionMode.LEDGER:
            return UNLIMITED
        return Limit(
            policy=SessionPolicy(self.session_policy.value),
            sessions=self.session_limit,
            idle_seconds=self.session_idle_seconds,
        )

    def check(self, read: ContextReader) -> None:
        """Record what fits neither Cognito nor the mode. A roster's limits are the authorizer's
        business: its own reader judges them.
        """
        default = SessionOptions()
        mode = self.session_mode
        if mode is SessionMode.LEDGER:
            return
        if not 1 <= self.session_limit <= MAX_SESSIONS:
            read.problem("sessionLimit", f"must be 1 to {MAX_SESSIONS}, is {self.session_limit}")
        elif mode is not SessionMode.NATIVE and self.session_limit != default.session_limit:
            read.problem(
                "sessionLimit",
                "must be 1 with sessionMode=hook, which leaves one session"
                if mode is SessionMode.HOOK
                else "is for sessionMode native or ledger: off limits nothing",
            )
        for key, is_default in {
            "sessionPolicy": self.session_policy is default.session_policy,
            "sessionIdleSeconds": self.session_idle_seconds == default.session_idle_seconds,
        }.items():
            if not is_default:
                read.problem(key, f"must be left alone with sessionMode={mode}: it is the ledger's")
