"""A Cognito in memory: users, sessions, tokens and keys on its own clock, and what it answers.

It judges tokens by what it has issued, not by their text; a token is signed when it is first used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from tests.cognito import refused
from tests.delay.drawn import MACHINE_CLIENT
from tests.tokens import ADMIN_SCOPE, ISSUER, key_set, sign
from transport import Answer, TransportError

#: Ways in which an endpoint does not answer the question.
THROTTLED = refused("TooManyRequestsException", "Rate exceeded")
FAILURES: tuple[Answer | TransportError, ...] = (
    TransportError("could not connect"),
    THROTTLED,
    Answer(500, b'{"__type":"InternalErrorException"}'),
    Answer(403, b"<html>Forbidden</html>"),
    Answer(200, b"<html>Please sign in to this network</html>"),
)


@dataclass(eq=False)
class User:
    """Somebody who can sign in. A user who is created again is another one."""

    subject: str
    is_disabled: bool = False
    is_deleted: bool = False


@dataclass(eq=False)
class Session:
    """One sign-in."""

    name: str
    user: User
    client_id: str
    auth_time: int
    scope: str = ADMIN_SCOPE
    is_ended: bool = False
    """Whether Cognito has ended it."""
    throttled_at: float = float("-inf")
    """When a question about it was last throttled, by Cognito's clock."""
    tokens: list[Token] = field(default_factory=list)

    @property
    def lives(self) -> bool:
        """Whether Cognito gives it new tokens."""
        return not (self.is_ended or self.user.is_disabled or self.user.is_deleted)


@dataclass(eq=False)
class Token:
    """What Cognito has issued. ``use`` is access, id or machine; times are whole seconds."""

    name: str
    use: str
    session: Session
    issued_at: int
    expires_at: int
    kid: str

    @property
    def text(self) -> str:
        """The token itself; the same in each schedule, for all its parts are."""
        session = self.session
        if self.use == "machine":
            claims = {"sub": MACHINE_CLIENT, "client_id": MACHINE_CLIENT, "token_use": "access"}
            claims |= {"scope": "orders/read", "jti": session.name}
        else:
            claims = {"sub": session.user.subject, "origin_jti": session.name, "jti": self.name}
            if self.use == "access":
                claims |= {"client_id": session.client_id, "token_use": "access"}
                claims |= {"scope": session.scope, "username": session.user.subject}
            else:
                claims |= {"aud": session.client_id, "token_use": "id"}
                claims |= {"cognito:username": session.user.subject}
        times = (session.auth_time, self.issued_at, self.expires_at)
        return _signed(tuple(claims.items()), times, self.kid)


class Cognito:
    """One user pool. ``clock`` is Cognito's, which need not be anybody else's."""

    def __init__(self, clock: Callable[[], float], token_life: int) -> None:
        self.clock = clock
        self.sessions: list[Session] = []
        self.failure: Answer | TransportError | None = None
        """What GetUser, USERINFO and the operators' sign-out answer instead."""
        self.key_failure: Answer | TransportError | None = None
        self.keys = ["key1"]
        """Published; the last one signs."""
        self._token_life = token_life
        self._by_text: dict[str, Token] = {}
        self._users = 0

    def new_user(self) -> User:
        """A user who has never been here."""
        self._users += 1
        return User(f"user-{self._users}")

    def sign_in(self, user: User, client_id: str, scope: str, cookie_age: int) -> Session:
        """A new session; a managed-login cookie may have kept its ``auth_time`` from before."""
        at = int(self.clock()) - cookie_age
        session = Session(f"session-{len(self.sessions)}", user, client_id, at, scope)
        self.sessions.append(session)
        self.issue(session)
        return session

    def issue(self, session: Session) -> None:
        """Another access token and ID token; for a machine, the one token of its "session"."""
        uses = ["machine"] if session.client_id == MACHINE_CLIENT else ["access", "id"]
        now = int(self.clock())
        for use in uses:
            name = f"{session.name}-{len(session.tokens)}"
            token = Token(name, use, session, now, now + self._token_life, self.keys[-1])
            session.tokens.append(token)

    def key_set_answer(self) -> Answer:
        """What is published."""
        if self.key_failure is not None:
            return _fail(self.key_failure)
        return Answer(200, _key_set(tuple(self.keys)))

    def getuser_answer(self, body: bytes) -> Answer:
        """Judge an access token."""
        token = self._by_text[json.loads(body)["AccessToken"]]
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
        token = self._by_text[authorization.removeprefix("Bearer ")]
        if self.failure is not None:
            return self._fail(token)
        if not token.session.lives or self.clock() >= token.expires_at:
            return Answer(401, b'{"error":"invalid_token"}')
        return Answer(200, json.dumps({"sub": token.session.user.subject}).encode())

    def _fail(self, token: Token) -> Answer:
        assert self.failure is not None
        if self.failure is THROTTLED:
            token.session.throttled_at = self.clock()
        return _fail(self.failure)

    def show(self, token: Token) -> str:
        """The text of a token that somebody is going to use."""
        text = token.text
        self._by_text[text] = token
        return text


def _fail(failure: Answer | TransportError) -> Answer:
    if isinstance(failure, TransportError):
        raise failure
    return failure


@cache
def _key_set(names: tuple[str, ...]) -> bytes:
    return json.dumps(key_set(*names)).encode()


@lru_cache(maxsize=50_000)
def _signed(claims: tuple[tuple[str, str], ...], times: tuple[int, int, int], kid: str) -> str:
    auth_time, issued_at, expires_at = times
    return sign(
        {"iss": ISSUER, **dict(claims)}
        | {"auth_time": auth_time, "iat": issued_at, "exp": expires_at},
        key=kid,
    )
