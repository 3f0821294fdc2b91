"""A user's sessions, at Cognito and in the ledger, and what is promised about each answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from authorizer.choices import TokenUse
from authorizer.revocation.check import FoundBy
from authorizer.revocation.verdict import Outcome
from authorizer.tokens import VerifiedToken
from tests.unit.ledger.bench import REVOKED, SUBJECT, THROTTLED, Bench, token
from tests.unit.session_feed.bench import Bench as FeedBench
from tests.unit.session_feed.bench import event

NEVER = float("inf")
#: For so long a sandbox may go by what another one was told.
THROTTLE_SECONDS = 1


@dataclass
class Session:
    """One sign-in: its tokens, and since when it should be over."""

    name: str
    auth_time: int
    tokens: list[VerifiedToken] = field(default_factory=list)
    ended_at: float = NEVER
    """Since when Cognito knows."""
    is_marked: bool = False
    """Whether the ledger says so of the session itself."""
    throttled_at: float = -NEVER
    """When a question about it was last throttled."""


@dataclass(frozen=True)
class Delays:
    """In seconds, as they are deployed."""

    gateway: int
    memory: int
    verdict: int
    grace: int

    @property
    def environment(self) -> dict[str, str]:
        stale = {"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": str(self.grace)}
        return {
            "MEMORY_TTL_SECONDS": str(self.memory),
            "VERDICT_TTL_SECONDS": str(self.verdict),
        } | (stale if self.grace else {})


class World:
    """Cognito, a gateway with its cache, sandboxes around a ledger, and one user."""

    def __init__(self, delays: Delays) -> None:
        self.delays = delays
        self.bench = Bench(**delays.environment)
        self.boxes = [self.bench.box() for _ in range(2)]
        self.cache: dict[str, float] = {}
        self.sessions: list[Session] = []
        self.must_end: dict[str, float] = {}
        """Texts of tokens, and when the last 200 for each is due."""
        self.watermark = 0
        self.sign_in(0)

    @property
    def now(self) -> float:
        return self.bench.clock()

    @property
    def known_by_cognito(self) -> int:
        delays = self.delays
        return delays.gateway + delays.memory + delays.verdict + delays.grace

    @property
    def known_by_mark(self) -> int:
        return self.delays.gateway + self.delays.memory

    def sign_in(self, cookie_age: int) -> None:
        """A new session, whose ``auth_time`` a cookie may have kept from before."""
        if len(self.sessions) < 4:
            at = int(self.now) - cookie_age
            session = Session(f"session-{len(self.sessions)}", at)
            self.sessions.append(session)
            self._issue(session)

    def refresh(self, session: Session) -> None:
        """New tokens for a session that lives."""
        if session.ended_at == NEVER and len(session.tokens) < 6:
            self._issue(session)

    def _issue(self, session: Session) -> None:
        issued_at = int(self.now)
        serial = str(len(session.tokens))
        access = token(session.name, auth_time=session.auth_time, issued_at=issued_at, name=serial)
        identity = access._replace(
            token_use=TokenUse.ID, scopes=frozenset(), text=f"id-{access.text}"
        )
        session.tokens += [access, identity]
        if session.is_marked or session.auth_time < self.watermark:
            # Refreshed, or made by a cookie from before a watermark: its user must sign in again.
            self.end_by_mark(lambda about: about.session_id == session.name)

    def call(self, session: Session, which: int, box: int) -> None:
        """One request, through the gateway's cache, and what is promised about its answer."""
        about = session.tokens[which % len(session.tokens)]
        if self.now >= about.expires_at:
            return
        due = self.must_end.get(about.text, NEVER)
        if self.now < self.cache.get(about.text, 0):
            assert self.now < due, "a cached answer outlived the declared delay"
            return
        found = self.boxes[box].find(about)
        if found.asked is not None and found.asked.verdict == THROTTLED:
            session.throttled_at = self.now
        is_held = self.now < session.throttled_at + THROTTLE_SECONDS
        if found.verdict.outcome is Outcome.ACTIVE:
            assert self.now < due, "let in later than declared"
            self.cache[about.text] = self.now + self.delays.gateway
        elif found.verdict.outcome is Outcome.REJECTED:
            # Whatever is refused has been ended by somebody; when, does not matter.
            assert due < NEVER or session.ended_at < NEVER, "refused without reason"
        else:
            assert self.bench.issuer.failure is not None or is_held
            assert found.found_by != FoundBy.LEDGER or is_held

    def end_at_cognito(self, sessions: list[Session], *, is_told: bool = False) -> None:
        """Cognito refuses their access tokens from now on; nobody else can judge ID tokens.

        ``is_told``: the ledger is told at the same time, so that verdicts are asked for anew.
        """
        delay = self.known_by_mark + (self.delays.grace if is_told else 0)
        for session in sessions:
            session.ended_at = min(session.ended_at, self.now)
            self.bench.issuer.ended[session.name] = REVOKED
            for about in session.tokens:
                if about.token_use is TokenUse.ACCESS:
                    self._is_due(about, delay if is_told else self.known_by_cognito)

    def end_by_mark(self, concerns: Callable[[VerifiedToken], bool]) -> None:
        """A mark in the ledger ends tokens of these, access and ID tokens alike."""
        for session in self.sessions:
            for about in session.tokens:
                if concerns(about):
                    self._is_due(about, self.known_by_mark)

    def _is_due(self, about: VerifiedToken, delay: float) -> None:
        due = self.now + delay
        self.must_end[about.text] = min(self.must_end.get(about.text, NEVER), due)

    def feed(self, operation: str) -> None:
        """CloudTrail's event of something that Cognito does right now."""
        FeedBench(self.bench.table).feed.handle(event(operation, at=int(self.now), subject=SUBJECT))
