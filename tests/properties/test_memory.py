"""The verdict memory against a model that forgets nothing, over random histories with times."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from authorizer.choices import TokenUse
from authorizer.errors import Reason
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.verdict import ACTIVE, Concerns, Outcome, Verdict
from authorizer.tokens import VerifiedToken
from tests.tokens import NOW

TTL, GRACE, LIMIT = 30, 60, 3
REVOKED = Verdict.rejected(Reason.SESSION_REVOKED, Concerns.SESSION)
TOKEN_REFUSED = Verdict.rejected(Reason.REFUSED_BY_ISSUER, Concerns.TOKEN)
DOWN = Verdict.unavailable(Reason.ISSUER_UNREACHABLE)


def token(session: int, number: int, *, expires_at: int = NOW + 300) -> VerifiedToken:
    """A token of one of a few sessions."""
    return VerifiedToken(
        text="",
        issuer="issuer",
        subject="subject",
        token_use=TokenUse.ACCESS,
        client_id="client",
        is_machine=False,
        username="ada",
        scopes=frozenset(),
        groups=(),
        issued_at=NOW,
        authenticated_at=NOW,
        expires_at=expires_at,
        token_id=f"{session}.{number}",
        session_id=str(session),
    )


@dataclass
class _Kept:
    token: VerifiedToken
    verdict: Verdict
    asked_at: float


@dataclass
class _Model:
    kept: list[_Kept] = field(default_factory=list)

    def about(self, asked: VerifiedToken) -> list[_Kept]:
        return [
            kept
            for kept in self.kept
            if (
                (kept.verdict.concerns is Concerns.SESSION)
                and kept.token.session_id == asked.session_id
            )
            or ((kept.verdict.concerns is Concerns.TOKEN) and kept.token.token_id == asked.token_id)
        ]


class MemoryMachine(RuleBasedStateMachine):
    """Whatever the memory recalls must be justified by something it was told, and recently."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = VerdictMemory(ttl_seconds=TTL, stale_grace_seconds=GRACE, max_entries=LIMIT)
        self.model = _Model()
        self.now = float(NOW)

    @rule(seconds=st.sampled_from([0.1, 1, 29.9, 30, 31, 59, 90, 250, -5, -400]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(
        session=st.integers(0, 3),
        number=st.integers(0, 1),
        verdict=st.sampled_from([ACTIVE, REVOKED, TOKEN_REFUSED, DOWN]),
        life=st.sampled_from([1, 20, 300]),
    )
    def keep(self, session: int, number: int, verdict: Verdict, life: int) -> None:
        kept = token(session, number, expires_at=int(self.now) + life)
        self.memory.keep(kept, verdict, asked_at=self.now)
        self.model.kept.append(_Kept(kept, verdict, self.now))

    @rule(session=st.integers(0, 3), number=st.integers(0, 1))
    def recall(self, session: int, number: int) -> None:
        asked = token(session, number)
        found = self.memory.recall(asked, self.now)
        if found is not None:
            assert any(
                kept.verdict == found
                and kept.asked_at <= self.now < kept.token.expires_at
                and (found.outcome is Outcome.REJECTED or self.now < kept.asked_at + TTL)
                for kept in self.model.about(asked)
            )

    @rule(session=st.integers(0, 3), number=st.integers(0, 1))
    def serve_stale(self, session: int, number: int) -> None:
        asked = token(session, number)
        if self.memory.is_stale_servable(asked, self.now):
            last = [
                kept
                for kept in self.model.about(asked)
                if kept.verdict.concerns is Concerns.SESSION
                and kept.verdict.outcome is not Outcome.UNAVAILABLE
            ][-1]
            assert last.verdict is ACTIVE
            assert (
                last.asked_at <= self.now < min(last.asked_at + TTL + GRACE, last.token.expires_at)
            )

    @invariant()
    def is_bounded(self) -> None:
        assert len(self.memory) <= LIMIT


TestMemory = MemoryMachine.TestCase
TestMemory.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
