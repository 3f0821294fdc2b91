"""Who signs in, and what an issuer gives them: users, sessions and tokens.

Tokens are judged by what was issued, not by their text; one is signed when it is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from tests.delay.drawn import MACHINE_CLIENT, PROVIDER, Profile
from tests.providers import API, sign_by
from tests.tokens import ADMIN_SCOPE, ISSUER, sign

Found = TypeVar("Found")


def from_newest(found: Sequence[Found], which: int) -> Found:
    """The one of that number, counted from the newest and never out of range."""
    return found[-1 - which % len(found)]


@dataclass(eq=False)
class User:
    """Somebody who can sign in. A user who is created again is another one."""

    subject: str
    is_disabled: bool = False
    is_deleted: bool = False


@dataclass(eq=False)
class Session:
    """One sign-in; or one token of a provider whose tokens name no session."""

    name: str
    user: User
    client_id: str
    auth_time: int
    scope: str = ADMIN_SCOPE
    profile: Profile | None = None
    """What is stated about the provider that it is of; None for the user pool."""
    is_ended: bool = False
    """Whether its issuer has ended it."""
    throttled_at: float = float("-inf")
    """When a question about it was last throttled, by the issuer's clock."""
    tokens: list[Token] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """As it stands in its tokens."""
        return ISSUER if self.profile is None else PROVIDER

    @property
    def lives(self) -> bool:
        """Whether its issuer gives it new tokens."""
        return not (self.is_ended or self.user.is_disabled or self.user.is_deleted)

    @property
    def refresh_token(self) -> str:
        """There is one, which does not rotate."""
        return f"refresh-token-of-{self.name}"


@dataclass(eq=False)
class Token:
    """What was issued. ``use`` is access, id or machine; times are whole seconds."""

    name: str
    use: str
    session: Session
    issued_at: int
    expires_at: int
    kid: str
    is_revoked: bool = False
    """Whether a provider has revoked it by itself."""

    @property
    def is_asked(self) -> bool:
        """Whether its issuer is asked about it; else marks alone judge it."""
        profile = self.session.profile
        return self.use == "access" and (profile is None or profile.is_asked)

    @property
    def is_asked_alone(self) -> bool:
        """Whether each sandbox asks about it for itself, and shares what it hears with none."""
        profile = self.session.profile
        return profile is not None and profile.is_asked and profile.names_sessions

    @property
    def has_place(self) -> bool:
        """Whether it belongs to a session that has a name, and a user."""
        profile = self.session.profile
        return self.use != "machine" and (profile is None or profile.names_sessions)

    @property
    def signed_in_at(self) -> int:
        """What marks are compared with. Without ``auth_time`` each refresh counts as a sign-in."""
        profile = self.session.profile
        says = profile is None or profile.has_auth_time
        return self.session.auth_time if says else self.issued_at

    @property
    def text(self) -> str:
        """The token itself; the same in each schedule, for all its parts are."""
        if self.session.profile is None:
            return _signed(tuple(self._of_pool().items()), self.kid)
        return _signed_there(tuple(self._of_provider().items()), self.kid)

    def _of_pool(self) -> dict[str, str | int]:
        session = self.session
        claims: dict[str, str | int] = {"iss": ISSUER, **self._times()}
        if self.use == "machine":
            claims |= {"sub": MACHINE_CLIENT, "client_id": MACHINE_CLIENT, "token_use": "access"}
            return claims | {"scope": "orders/read", "jti": session.name}
        claims |= {"sub": session.user.subject, "origin_jti": session.name, "jti": self.name}
        if self.use == "access":
            claims |= {"client_id": session.client_id, "token_use": "access"}
            return claims | {"scope": session.scope, "username": session.user.subject}
        claims |= {"aud": session.client_id, "token_use": "id"}
        return claims | {"cognito:username": session.user.subject}

    def _of_provider(self) -> dict[str, str | int]:
        session, profile = self.session, self.session.profile
        assert profile is not None
        claims = {"iss": PROVIDER, "aud": API, **self._times()}
        claims |= {"sub": session.user.subject, "client_id": session.client_id, "jti": self.name}
        claims |= {"scope": session.scope}
        if profile.names_sessions:
            claims["sid"] = session.name
        if not profile.has_auth_time:
            del claims["auth_time"]
        return claims

    def _times(self) -> dict[str, str | int]:
        times = {"auth_time": self.session.auth_time, "iat": self.issued_at}
        return {**times, "exp": self.expires_at}


@lru_cache(maxsize=50_000)
def _signed(claims: tuple[tuple[str, str | int], ...], kid: str) -> str:
    return sign(dict(claims), key=kid)


# By elliptic curves, as providers may: that takes a twentieth of the time.
@lru_cache(maxsize=50_000)
def _signed_there(claims: tuple[tuple[str, str | int], ...], kid: str) -> str:
    return sign_by("ES256", dict(claims), key=kid)
