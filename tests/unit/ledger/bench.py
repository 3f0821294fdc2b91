"""Sandboxes around one ledger: each a check with a memory of its own, as Lambda keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from authorizer.choices import TokenUse
from authorizer.errors import Reason
from authorizer.revocation.check import Finding, RevocationCheck
from authorizer.revocation.ledger_wiring import wire_ledger
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.verdict import ACTIVE, Concerns, Outcome, Verdict
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from ledger.dynamodb import Calls
from ledger.names import Names
from ledger.writer import Writer
from local.clock import MovableClock
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.tokens import ADMIN_SCOPE, CLIENT_ID, ISSUER, MACHINE_CLIENT_ID, NOW
from transport import Deadline

ENVIRONMENT = {
    "ISSUERS": ISSUER,
    "CLIENT_IDS": CLIENT_ID,
    "MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID,
    "TOKEN_USES": "access,id",
    "AWS_REGION": "eu-west-1",
    "LEDGER_TABLE": TABLE,
    "VERDICT_TTL_SECONDS": "60",
    "MEMORY_TTL_SECONDS": "5",
}
SUBJECT = "0d1ce05c-1111-4222-8333-9f1c2a000000"
REVOKED = Verdict.rejected(Reason.SESSION_REVOKED, Concerns.SESSION)
REFUSED_TOKEN = Verdict.rejected(Reason.REFUSED_BY_ISSUER, Concerns.TOKEN)
THROTTLED = Verdict.unavailable(Reason.ISSUER_THROTTLED)
DOWN = Verdict.unavailable(Reason.ISSUER_UNREACHABLE)


def token(
    session: str = "session-1",
    *,
    subject: str = SUBJECT,
    auth_time: int = NOW,
    issued_at: int | None = None,
    expires_at: int | None = None,
    use: TokenUse = TokenUse.ACCESS,
    scope: str = ADMIN_SCOPE,
    name: str = "",
    issuer: str = ISSUER,
) -> VerifiedToken:
    """A user's token of a session."""
    issued = auth_time if issued_at is None else issued_at
    return VerifiedToken(
        text=f"{session}.{use}.{issued}.{name}",
        issuer=issuer,
        subject=subject,
        token_use=use,
        client_id=CLIENT_ID,
        is_machine=False,
        username="ada",
        scopes=frozenset({scope} - {""}),
        groups=(),
        issued_at=issued,
        authenticated_at=auth_time,
        expires_at=issued + 3600 if expires_at is None else expires_at,
        token_id=f"{session}.{use}.{issued}.{name}",
        session_id=session,
    )


def id_token(session: str = "session-1", *, auth_time: int = NOW) -> VerifiedToken:
    """Nobody at Cognito has a say about it."""
    return token(session, auth_time=auth_time, use=TokenUse.ID, scope="")


def machine_token(name: str = "jti-1", *, issued_at: int = NOW) -> VerifiedToken:
    """A token by client credentials."""
    return VerifiedToken(
        text=name,
        issuer=ISSUER,
        subject=MACHINE_CLIENT_ID,
        token_use=TokenUse.ACCESS,
        client_id=MACHINE_CLIENT_ID,
        is_machine=True,
        username="",
        scopes=frozenset({"orders/read"}),
        groups=(),
        issued_at=issued_at,
        authenticated_at=issued_at,
        expires_at=issued_at + 3600,
        token_id=name,
        session_id=name,
    )


def names(of: VerifiedToken) -> Names:
    """The names of a token's rows."""
    return Names(ISSUER, of.client_id, of.subject, of.session_id)


@dataclass
class Issuer:
    """Says of access tokens whether their sessions live. Counts the questions."""

    name: str = "getuser"
    ended: dict[str, Verdict] = field(default_factory=dict)
    """What is said of sessions that have ended, by name."""
    failure: Verdict | None = None
    asked: int = 0
    before: Callable[[], object] = lambda: None

    def can_judge(self, token: VerifiedToken) -> bool:
        """As GetUser."""
        return ADMIN_SCOPE in token.scopes and token.token_use is TokenUse.ACCESS

    def ask(self, token: VerifiedToken, deadline: Deadline) -> Verdict:
        """See :class:`authorizer.revocation.verdict.SessionSource`."""
        self.before()
        self.asked += 1
        if deadline.remaining_seconds() <= 0:
            return DOWN
        return self.failure or self.ended.get(token.session_id, ACTIVE)


class Bench:
    """A table, an issuer, a clock, and as many sandboxes as a test asks for."""

    def __init__(self, **environment: str) -> None:
        self.environment = ENVIRONMENT | environment
        self.table = FakeDynamoDb()
        self.issuer = Issuer()
        self.clock = MovableClock(NOW)
        self.writer = Writer(TABLE, self.table)
        self.meanwhile: Callable[[], object] = lambda: None
        self.pauses: list[float] = []

    @property
    def deadline(self) -> Deadline:
        """Time enough."""
        return Deadline.after(10, self.clock)

    def box(self, *, ahead_seconds: float = 0, calls: Calls | None = None) -> Box:
        """A sandbox of its own; its clock may be ahead of the others'."""
        settings = Settings.from_env(self.environment)
        assert settings.ledger is not None

        def clock() -> float:
            return self.clock() + ahead_seconds

        memory = VerdictMemory(
            ttl_seconds=settings.verdict_ttl_seconds,
            stale_grace_seconds=settings.stale_grace_seconds,
            max_entries=settings.verdict_max_entries,
        )
        fallback = RevocationCheck(
            settings, [self.issuer], memory, clock=clock, monotonic=self.clock
        )
        check = wire_ledger(
            self.environment,
            settings,
            settings.ledger,
            sources=[self.issuer],
            fallback=fallback,
            clock=clock,
            monotonic=self.clock,
            pause=self._pause,
            calls=calls or self.table,
        )
        return Box(self, check.find)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds)
        self.meanwhile()


@dataclass
class Box:
    """One sandbox."""

    bench: Bench
    check: Callable[[VerifiedToken, Deadline, str], Finding]

    def find(self, about: VerifiedToken, *, budget_seconds: float = 2.5) -> Finding:
        """What it finds about a token."""
        return self.check(about, Deadline.after(budget_seconds, self.bench.clock), "browser")

    def lets_in(self, about: VerifiedToken) -> bool:
        """Whether the session is found active."""
        return self.find(about).verdict.outcome is Outcome.ACTIVE

    def reason(self, about: VerifiedToken) -> Reason | None:
        """Why not, if not."""
        return self.find(about).verdict.reason
