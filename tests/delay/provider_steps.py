"""What can happen at the provider beside the pool, and to its users' sessions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.delay.drawn import BACKS, COOKIE_AGES, PROVIDER, PROVIDER_CLIENT
from tests.delay.history import Known, asked_of
from tests.delay.marks import Marks
from tests.delay.outages import Outages
from tests.delay.sessions import Session, Token, from_newest
from tests.delay.world import USERS, World


class ProviderSteps:
    """Acts on a world as the provider. Without its tokens there is nobody to act on."""

    def __init__(self, world: World, marks: Marks, outages: Outages) -> None:
        self._world = world
        self._marks = marks
        provider = world.provider
        self.named: dict[str, Callable[..., object]] = {
            "sign in there": self._sign_in,
            "refresh there": partial(self._with_session, self._refresh),
            "revoke there": lambda which, what=0: self._with_session(
                lambda session: self._revoke(session, what), which
            ),
            "mark user there": lambda who, back=0: self._mark("a user", back, who % USERS),
            "mark client there": lambda back=0: self._mark("a client", back),
            "mark everyone there": lambda back=0: self._mark("everyone", back),
            "provider fails": partial(outages.fail, provider),
            "provider answers": partial(outages.answer, provider),
            "keys fail there": partial(outages.fail_keys, provider),
            "keys answer there": partial(outages.answer_keys, provider),
            "rotate there": partial(outages.rotate, provider),
        }

    def _sign_in(self, who: int, age: int = 0) -> None:
        world = self._world
        if world.drawn.profile is not None:
            user = world.provider.users[who % USERS]
            world.provider.sign_in(user, COOKIE_AGES[age % len(COOKIE_AGES)])
            world.say(f"    … {world.sessions[-1].name} of {user.subject}, there")

    def _refresh(self, session: Session) -> None:
        if session.lives and len(session.tokens) < 8:
            self._world.provider.refresh(session)

    def _revoke(self, session: Session, what: int) -> None:
        """One token (RFC 7009), or the session with all of them; whoever asks is told so."""
        alone = from_newest(session.tokens, what) if what % 2 else None
        if alone is None:
            session.is_ended = True
        else:
            alone.is_revoked = True
        ended = asked_of([session])

        def concerns(token: Token) -> bool:
            return ended(token) and alone in {None, token}

        if session.tokens[0].is_asked:
            self._world.end("revoked, there", Known.ISSUER, may=concerns, must=concerns)

    def _mark(self, scope: str, back: int, index: int = 0) -> None:
        if self._world.drawn.profile is not None:
            back = BACKS[back % len(BACKS)]
            client_id = PROVIDER_CLIENT if scope == "a client" else ""
            self._marks.mark_before(scope, back, index=index, client_id=client_id, issuer=PROVIDER)

    def _with_session(self, act: Callable[[Session], object], which: int) -> None:
        """The sessions count from the newest."""
        sessions = [session for session in self._world.sessions if session.profile]
        if sessions:
            act(from_newest(sessions, which))
