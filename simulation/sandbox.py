"""One sandbox: the project's key store, caches and ledger code, wired as in Lambda.

Only what comes before is left out: a request is a :class:`authorizer.tokens.VerifiedToken`, for a
signature is verified in the same time whatever the load. This is the one module that builds the
authorizer's parts.
"""

from __future__ import annotations

from dataclasses import dataclass

from authorizer.errors import Reason
from authorizer.revocation.check import LedgerUse, RevocationCheck, SessionCheck
from authorizer.revocation.getuser import GetUser
from authorizer.revocation.ledger_wiring import wire_ledger
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.verdict import ACTIVE, Outcome
from authorizer.settings import Settings as AuthorizerSettings
from authorizer.tokens import VerifiedToken
from jose.faults import JoseError
from jose.key_set import KeySet
from jose.keys import KeyStore
from ledger.dynamodb import Calls
from simulation.cognito import ENDPOINT
from simulation.suspension import Suspension
from simulation.world import ISSUER, KEY_ID, Time
from transport import Deadline, Transport

_KEY_SET_URL = f"{ISSUER}/.well-known/jwks.json"
_STATUS = {Outcome.ACTIVE: 200, Outcome.REJECTED: 401, Outcome.UNAVAILABLE: 503}


@dataclass(frozen=True, slots=True)
class Decided:
    """What the authorizer answers, and how it found that."""

    status: int
    found_by: str
    is_without_ledger: bool = False
    """There is a ledger, and it did not answer."""


_EXPIRED = Decided(401, Reason.TOKEN_EXPIRED.value)
_NO_KEYS = Decided(503, Reason.KEYS_UNAVAILABLE.value)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every sandbox of a fleet is given."""

    settings: AuthorizerSettings
    environ: dict[str, str]
    transport: Transport
    calls: Calls
    suspension: Suspension
    time: Time


class Sandbox:
    """An execution environment. Its memory is its own, and gone with it."""

    def __init__(
        self, around: Surroundings, *, keys: KeySet | None = None, age_seconds: float = 0.0
    ) -> None:
        """
        Args:
            around: what it is given.
            keys: those it has fetched when it was started before the simulation began.
            age_seconds: how long ago that was.
        """
        settings, time = around.settings, around.time
        self._settings = settings
        self._time = time
        self._behind_seconds = age_seconds
        self.keys = KeyStore(
            _KEY_SET_URL,
            settings.keys,
            transport=around.transport,
            clock=self._clock,
            bundled=keys,
        )
        self._behind_seconds = 0.0
        sources = [GetUser(ENDPOINT, transport=around.transport)]
        self.memory = VerdictMemory(
            ttl_seconds=settings.verdict_ttl_seconds,
            stale_grace_seconds=settings.stale_grace_seconds,
            max_entries=settings.verdict_max_entries,
        )
        check = RevocationCheck(
            settings, sources, self.memory, clock=time.clock, monotonic=time.now
        )
        self._check: SessionCheck = check
        if settings.ledger is not None:
            self._check = wire_ledger(
                around.environ,
                settings,
                settings.ledger,
                sources=sources,
                fallback=check,
                clock=time.clock,
                monotonic=time.now,
                pause=around.suspension.wait,
                calls=around.calls,
            )
        self.is_from_before = keys is not None
        self.met: set[str] = set()
        """Names of sessions that have been here in this simulation, if it is from before."""

    def remember(self, token: VerifiedToken, asked_at: float) -> None:
        """Have it remember a verdict from before the simulation began."""
        self.memory.keep(token, ACTIVE, asked_at=asked_at)

    def decide(self, token: VerifiedToken) -> Decided:
        """Answer one request. May wait on the simulation's clock."""
        deadline = Deadline.after(self._settings.decision_budget_ms / 1000, self._time.now)
        try:
            self.keys.find(KEY_ID, deadline)
        except JoseError:
            return _NO_KEYS
        if self._clock() >= token.expires_at + self._settings.leeway_seconds:
            return _EXPIRED
        finding = self._check.find(token, deadline)
        found_by = finding.found_by
        if finding.verdict.outcome is Outcome.UNAVAILABLE:
            assert finding.verdict.reason is not None
            found_by = finding.verdict.reason.value
        return Decided(
            _STATUS[finding.verdict.outcome],
            str(found_by),
            is_without_ledger=finding.ledger is LedgerUse.DOWN,
        )

    def _clock(self) -> float:
        return self._time.clock() - self._behind_seconds
