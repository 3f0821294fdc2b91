"""A Cognito in memory: users, sessions and tokens on its own clock, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.cognito import refused
from tests.delay.drawn import MACHINE_CLIENT
from tests.delay.issuer import Issuer
from tests.delay.sessions import Session, User
from tests.tokens import ADMIN_SCOPE
from transport import Answer


class Cognito(Issuer):
    """One user pool."""

    def __init__(
        self, clock: Callable[[], float], token_life: int, sessions: list[Session]
    ) -> None:
        super().__init__(clock, token_life, sessions)
        self._users = 0

    def new_user(self) -> User:
        """A user who has never been here."""
        self._users += 1
        return User(f"user-{self._users}")

    def sign_in(self, user: User, client_id: str, scope: str, cookie_age: int) -> Session:
        """A new session; a managed-login cookie may have kept its ``auth_time`` from before."""
        at = int(self.clock()) - cookie_age
        session = Session(f"session-{len(self._sessions)}", user, client_id, at, scope)
        self._sessions.append(session)
        self.issue(session)
        return session

    def issue(self, session: Session) -> None:
        """Another access token and ID token; for a machine, the one token of its "session"."""
        self._issue(session, ["machine"] if session.client_id == MACHINE_CLIENT else _BOTH)

    def getuser_answer(self, body: bytes) -> Answer:
        """Judge an access token."""
        token = self.shown(json.loads(body)["AccessToken"])
        assert token.use == "access"
        assert token.session.scope == ADMIN_SCOPE
        user = token.session.user
        if self.failure is not None:
            return self._fail(token)
        if user.is_deleted:
            return refused("UserNotFoundException", "User does not exist.")
        if user.is_disabled:
            return refused("NotAuthorizedException", "User is disabled.")
        if token.session.is_ended:
            return refused("NotAuthorizedException", "Access Token has been revoked")
        if self.clock() >= token.expires_at:
            return refused("NotAuthorizedException", "Access Token has expired")
        return Answer(200, json.dumps({"Username": user.subject}).encode())

    def userinfo_answer(self, authorization: str) -> Answer:
        """Judge an access token in the other way."""
        token = self.shown(authorization.removeprefix("Bearer "))
        if self.failure is not None:
            return self._fail(token)
        if not token.session.lives or self.clock() >= token.expires_at:
            return Answer(401, b'{"error":"invalid_token"}')
        return Answer(200, json.dumps({"sub": token.session.user.subject}).encode())


_BOTH = ("access", "id")
