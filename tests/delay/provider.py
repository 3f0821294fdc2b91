"""An OpenID provider in memory, beside the pool: its own users, and messages about them.

Its users have the names of the pool's first ones, so that nobody may take one for the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qs

from receivers.transmitters import Kind
from tests.delay.drawn import PROVIDER, PROVIDER_CLIENT, Profile
from tests.delay.issuer import THROTTLED, Issuer
from tests.delay.sessions import Session, Token, User
from tests.providers import ec_jwk, sign_by
from tests.unit.receivers.bench import TYPES
from transport import Answer

KEY_SET_URL, REVOCATION_URL = f"{PROVIDER}/keys", f"{PROVIDER}/revoke"
INTROSPECTION_URL, USERINFO_URL = f"{PROVIDER}/introspect", f"{PROVIDER}/userinfo"


class Provider(Issuer):
    """Signs users in if the deployment takes its tokens; sends messages in any case."""

    def __init__(
        self,
        clock: Callable[[], float],
        token_life: int,
        sessions: list[Session],
        profile: Profile | None,
        users: int,
    ) -> None:
        super().__init__(clock, token_life, sessions)
        self.profile = profile
        self.users = [User(f"user-{number}") for number in range(1, users + 1)]
        self._messages = 0

    def sign_in(self, user: User, cookie_age: int) -> None:
        """A new session."""
        self._begin(user, int(self.clock()) - cookie_age)

    def refresh(self, session: Session) -> None:
        """Another token; where tokens name no session, it is a session of its own."""
        assert self.profile is not None
        if self.profile.names_sessions:
            self._issue(session, ["access"])
        else:
            self._begin(session.user, session.auth_time)

    def _begin(self, user: User, auth_time: int) -> None:
        name = f"session-{len(self._sessions)}"
        session = Session(name, user, PROVIDER_CLIENT, auth_time, "openid", self.profile)
        self._sessions.append(session)
        self._issue(session, ["access"])

    def answer(self, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Judge a token, by introspection or USERINFO."""
        if url == USERINFO_URL:
            token = self.shown(headers["Authorization"].removeprefix("Bearer "))
        else:
            token = self.shown(parse_qs((body or b"").decode())["token"][0])
        if self.failure is not None:
            failed = self._fail(token)
            return Answer(429, b"") if failed is THROTTLED else failed
        is_active = self._is_active(token)
        if url == USERINFO_URL and not is_active:
            return Answer(401, b'{"error":"invalid_token"}')
        about = {"active": True, "sub": token.session.user.subject}
        return Answer(200, json.dumps(about if is_active else {"active": False}).encode())

    def _is_active(self, token: Token) -> bool:
        is_over = token.is_revoked or self.clock() >= token.expires_at
        return token.session.lives and not is_over

    def _key_set(self) -> bytes:
        return _ec_key_set(tuple(self.keys))

    def sign(self, kind: Kind, claims: Mapping[str, Any]) -> str:
        """A message of its own, now; ``claims`` beside who sends it, and when."""
        self._messages += 1
        now = int(self.clock())
        members = {"iss": PROVIDER, "iat": now, "jti": f"message-{self._messages}", **claims}
        if kind is not Kind.SECURITY_EVENTS:
            members["exp"] = now + 120
        return _signed(json.dumps(members), self.keys[-1], TYPES[kind])


@cache
def _ec_key_set(names: tuple[str, ...]) -> bytes:
    return json.dumps({"keys": [ec_jwk(name) for name in names]}).encode()


@lru_cache(maxsize=50_000)
def _signed(claims: str, kid: str, kind: str) -> str:
    return sign_by("ES256", json.loads(claims), key=kid, header={"typ": kind})
