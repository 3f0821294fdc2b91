"""The hook's mark on the moved clock: it never catches the session it is called for, nor leaves
an older one.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from authorizer.choices import TokenUse
from authorizer.errors import Reason
from authorizer.tokens import VerifiedToken
from ledger.rows import user_name
from pre_token_hook.trigger import Trigger
from pre_token_hook.wiring import wire
from tests.dynamodb import TABLE
from tests.tokens import ISSUER
from tests.unit.ledger.bench import REVOKED, Bench, token
from tests.unit.pre_token_hook.triggers import SUBJECT, version_1

MEMORY_TTL_SECONDS = 5
MARGIN_SECONDS = 15
SKEW_SECONDS = 3
NEVER = float("inf")
_NUMBERS = itertools.count()


@dataclass
class Session:
    """One sign-in of the user's."""

    name: str
    auth_time: int
    tokens: list[VerifiedToken] = field(default_factory=list)
    is_alive: bool = True


class World:
    """Cognito on the true clock; a hook and sandboxes whose clocks are a few seconds off."""

    def __init__(self, hook_ahead: float, boxes_ahead: tuple[float, float]) -> None:
        self.bench = Bench(VERDICT_TTL_SECONDS="900")
        self.boxes = [self.bench.box(ahead_seconds=ahead) for ahead in boxes_ahead]
        self.sessions: list[Session] = []
        self.due: dict[str, float] = {}
        self.on_sign_out: Any = None
        self.hook = wire(
            {
                "LEDGER_TABLE": TABLE,
                "AWS_REGION": "eu-west-1",
                "READ_TIMEOUT_MS": "600",
                "MARK_MARGIN_SECONDS": str(MARGIN_SECONDS),
            },
            clock=lambda: self.bench.clock() + hook_ahead,
            monotonic=self.bench.clock,
            sign_out=self._sign_out,
            ledger_calls=self.bench.table,
            log_stream=io.StringIO(),
            service=f"hook-mark-property-{next(_NUMBERS)}",
        )
        self.sign_in(0)

    def sign_in(self, cookie_age: int, *, calls: int = 1, late_seconds: float = 0) -> None:
        """Cognito calls the hook, perhaps again, and makes the tokens when one call is back.

        With ``late_seconds`` the first call gets no further than the sign-out until the session
        is made, and writes its mark so long after that.
        """
        if len(self.sessions) == 5:
            return
        if late_seconds:
            self.on_sign_out = lambda: self._overtake(cookie_age, late_seconds)
            self._call_hook()
        else:
            for _ in range(calls):
                self._call_hook()
            self._make_session(cookie_age)

    def _overtake(self, cookie_age: int, late_seconds: float) -> None:
        self._call_hook()
        self._make_session(cookie_age)
        self.bench.clock.advance(late_seconds)

    def _call_hook(self) -> None:
        event = version_1()
        older = [about for session in self.sessions for about in session.tokens]
        assert self.hook.handle(event) is event
        marked = self.bench.table.number(user_name(ISSUER, SUBJECT), "issued_not_before")
        for about in older:
            is_living = self._session_of(about).is_alive
            if not is_living and (about.token_use is TokenUse.ACCESS or about.issued_at < marked):
                at = self.bench.clock() + MEMORY_TTL_SECONDS
                self.due[about.text] = min(self.due.get(about.text, NEVER), at)

    def _sign_out(self, trigger: Trigger) -> None:
        """Ends all sessions that exist at this moment."""
        assert trigger.subject == SUBJECT
        for session in self.sessions:
            session.is_alive = False
            self.bench.issuer.ended[session.name] = REVOKED
        then, self.on_sign_out = self.on_sign_out, None
        if then is not None:
            then()

    def _make_session(self, cookie_age: int) -> None:
        name = f"session-{len(self.sessions)}"
        self.sessions.append(Session(name, int(self.bench.clock()) - cookie_age))
        self.refresh()

    def refresh(self) -> None:
        """The living session gets new tokens."""
        session = self.sessions[-1]
        if session.is_alive and len(session.tokens) < 6:
            access = token(
                session.name,
                subject=SUBJECT,
                auth_time=session.auth_time,
                issued_at=int(self.bench.clock()),
                name=str(len(session.tokens)),
            )
            identity = access._replace(
                token_use=TokenUse.ID, scopes=frozenset(), text=f"id-{access.text}"
            )
            session.tokens += [access, identity]

    def call(self, number: int, which: int, box: int) -> None:
        """One request, and what is promised about its answer."""
        session = self.sessions[number % len(self.sessions)]
        about = session.tokens[which % len(session.tokens)]
        if self.bench.clock() >= about.expires_at:
            return
        reason = self.boxes[box].reason(about)
        if session.is_alive:
            assert reason is None, "the mark caught the session that it was written for"
        elif reason is None:
            assert self.bench.clock() < self.due.get(about.text, NEVER), "an older one lives on"
        else:
            assert reason in {Reason.SIGNED_IN_ELSEWHERE, Reason.SESSION_REVOKED}

    def _session_of(self, about: VerifiedToken) -> Session:
        return next(session for session in self.sessions if session.name == about.session_id)


_AHEAD = st.floats(-SKEW_SECONDS, SKEW_SECONDS)
_SIGN_IN = st.tuples(
    st.just("sign in"),
    st.sampled_from([0, 1, 14, 15, 16, 600, 3600]),
    st.integers(1, 2),
    # As late as the margin allows with clocks apart, and no later.
    st.sampled_from([0, 0, 0.5, 5, MARGIN_SECONDS - SKEW_SECONDS]),
)
_CALL = st.tuples(st.just("call"), st.integers(0, 4), st.integers(0, 5), st.integers(0, 1))
_REFRESH = st.just(("refresh", 0, 0, 0))
_WAIT = st.tuples(
    st.just("wait"), st.sampled_from([0.3, 1, 4.999, 5, 14, 16, 120]), st.just(0), st.just(0)
)
SCHEDULE = st.lists(
    st.one_of(_CALL, _CALL, _CALL, _SIGN_IN, _REFRESH, _WAIT), min_size=4, max_size=30
)


@hypothesis_settings(max_examples=300)
@given(_AHEAD, st.tuples(_AHEAD, _AHEAD), SCHEDULE)
def test_the_mark_catches_the_older_sessions_and_no_other(
    hook_ahead: float, boxes_ahead: tuple[float, float], schedule: Any
) -> None:
    """However old the cookie, and however often, late and skewed the hook is called: the living
    session is let in, and older ones die with the memory TTL. Of ID tokens those that the mark's
    margin leaves alone are not spoken of here.
    """
    world = World(hook_ahead, boxes_ahead)
    for step, first, second, third in schedule:
        if step == "wait":
            world.bench.clock.advance(first)
        elif step == "refresh":
            world.refresh()
        elif step == "call":
            world.call(first, second, third)
        else:
            world.sign_in(first, calls=second, late_seconds=third)
    world.bench.clock.advance(MEMORY_TTL_SECONDS)
    for number, session in enumerate(world.sessions):
        for which in range(len(session.tokens)):
            world.call(number, which, 0)
            world.call(number, which, 1)
