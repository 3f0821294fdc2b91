"""What an operator writes into the ledger: marks, and how long verdicts may be used."""

from __future__ import annotations

from collections.abc import Callable

from ledger.judgement import MarkReason
from ledger.rows import LedgerError, session_name
from tests.delay.drawn import PROVIDER
from tests.delay.history import Concerns, Known, any_of
from tests.delay.sessions import Session, Token
from tests.delay.world import World
from tests.tokens import ISSUER


class Marks:
    """Acts on a world as its operator."""

    def __init__(self, world: World) -> None:
        self._world = world

    def mark_before(
        self,
        scope: str,
        back: int,
        *,
        index: int = 0,
        client_id: str = "",
        issuer: str = ISSUER,
    ) -> None:
        """End everyone, a client's or a user's sessions that were signed in before a moment."""
        world, is_there = self._world, issuer == PROVIDER
        clock = world.provider.clock if is_there else world.cognito.clock
        moment = int(clock()) - back
        user = world.provider.users[index] if is_there else world.users[index]

        def concerns(token: Token) -> bool:
            session = token.session
            is_named = {
                "everyone": session.issuer == issuer,
                "a client": session.client_id == client_id,
                "a user": session.user is user,
            }[scope]
            return is_named and token.signed_in_at < moment

        def write() -> None:
            deadline = world.deadline
            if scope == "everyone":
                world.writer.end_everyone_before(issuer, moment, deadline)
            elif scope == "a client":
                world.writer.end_client_before(issuer, client_id, moment, deadline)
            else:
                world.writer.end_user_before(issuer, user.subject, moment, deadline)

        self._mark(f"{scope}'s mark{', there' if is_there else ''}", concerns, write)

    def mark_session(self, session: Session) -> None:
        """End one session by its name."""
        world, profile = self._world, session.profile
        # A provider's session is nobody's in particular; a token that names none is its own.
        owner = "" if profile is not None and profile.names_sessions else session.user.subject
        is_named = profile is None or profile.names_sessions
        session_id = session.name if is_named else session.tokens[0].name
        name = session_name(session.issuer, owner, session_id)

        def write() -> None:
            world.writer.end_session(
                name, MarkReason.SESSION_REVOKED, now=int(world.now), deadline=world.deadline
            )

        way = "a session's mark" if profile is None else "a session's mark, there"
        self._mark(way, any_of([session]), write)

    def _mark(self, way: str, concerns: Concerns, write: Callable[[], object]) -> None:
        world = self._world
        if not world.drawn.has_ledger:
            return
        begun = world.history.begin(way, Known.PUSHED, world.now, may=concerns)
        world.written(begun, write)

    def tighten(self, ttl: int | None) -> None:
        """Shorten the verdict TTL of every issuer's, or lift that again."""
        world = self._world
        if not world.drawn.has_ledger:
            return
        world.history.tighten(None, world.now)
        try:
            for issuer in world.issuers:
                world.writer.tighten_verdicts(issuer, ttl, world.deadline)
        except LedgerError:
            world.say("    … was not written, or nobody knows")
            return
        world.history.tighten(ttl, world.now)
