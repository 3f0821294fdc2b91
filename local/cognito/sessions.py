"""Sessions: what a refresh token stands for, and what revocation ends.

Every token that comes of one sign-in carries the session's ``origin_jti``, over refreshes and
over the rotation of the refresh token. Cognito looks a token's session up by that claim, and so
does this: the raw text of an access token is never compared with anything.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from dataclasses import dataclass, field

from local.clock import WallClock
from local.cognito.directory import Client, User
from local.cognito.errors import CognitoError, not_authorized


@dataclass
class Session:
    """One sign-in of one user by one client. Times are seconds since the epoch."""

    pool_id: str
    client_id: str
    username: str
    subject: str
    scopes: tuple[str, ...]
    authenticated_at: int
    refresh_expires_at: float
    is_revoked: bool = False
    origin_jti: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class _RefreshToken:
    session: Session
    replaced_from: float | None = None
    """When rotation ends this token; None while it is the session's newest."""


class SessionBook:
    """All sessions of one stack."""

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._refresh_tokens: dict[str, _RefreshToken] = {}

    def begin(self, client: Client, user: User, scopes: tuple[str, ...]) -> tuple[Session, str]:
        """A new session and its refresh token."""
        now = self._clock()
        session = Session(
            pool_id=client.pool_id,
            client_id=client.client_id,
            username=user.username,
            subject=user.subject,
            scopes=scopes,
            authenticated_at=int(now),
            refresh_expires_at=now + client.lifetimes.refresh_seconds,
        )
        with self._lock:
            self._sessions[session.origin_jti] = session
            return session, self._issue(session)

    def find(self, origin_jti: str) -> Session | None:
        """The session of that name."""
        return self._sessions.get(origin_jti)

    def of_refresh_token(self, refresh_token: str) -> Session | None:
        """The session that a refresh token stands for, living or not."""
        held = self._refresh_tokens.get(refresh_token)
        return held.session if held is not None else None

    def redeem(self, refresh_token: str, client: Client) -> Session:
        """The living session that the refresh token stands for.

        Raises:
            CognitoError: unknown, of another client, revoked, replaced or expired.
        """
        held = self._refresh_tokens.get(refresh_token)
        if held is None or held.session.client_id != client.client_id:
            raise not_authorized("Invalid Refresh Token.")
        if held.session.is_revoked:
            raise not_authorized("Refresh Token has been revoked")
        now = self._clock()
        if held.replaced_from is not None and now >= held.replaced_from:
            raise CognitoError("RefreshTokenReuseException", "Refresh token has been reused.")
        if now >= held.session.refresh_expires_at:
            raise not_authorized("Refresh Token has expired")
        return held.session

    def rotate(self, refresh_token: str, *, grace_seconds: int) -> str:
        """A new refresh token for the same session; the old one works for the grace period."""
        with self._lock:
            held = self._refresh_tokens[refresh_token]
            if held.replaced_from is None:
                held.replaced_from = self._clock() + grace_seconds
            return self._issue(held.session)

    def revoke(self, refresh_token: str, client: Client) -> None:
        """End the token's session. Nothing happens if there is none, or it has ended already."""
        held = self._refresh_tokens.get(refresh_token)
        if held is not None and held.session.client_id == client.client_id:
            held.session.is_revoked = True

    def revoke_all(self, subject: str) -> None:
        """End every session of a user, by whichever client. No two pools share a subject."""
        with self._lock:
            for session in self._sessions.values():
                if session.subject == subject:
                    session.is_revoked = True

    def forget_ended(self, before: float) -> None:
        """Forget sessions that have ended, if their sign-in lies before a moment.

        A token of theirs is then one of a session that nobody knows, and refused as such.
        """
        with self._lock:
            self._sessions = {
                name: session
                for name, session in self._sessions.items()
                if not (session.is_revoked and session.authenticated_at < before)
            }
            self._refresh_tokens = {
                token: held
                for token, held in self._refresh_tokens.items()
                if held.session.origin_jti in self._sessions
            }

    def _issue(self, session: Session) -> str:
        refresh_token = secrets.token_urlsafe(48)
        self._refresh_tokens[refresh_token] = _RefreshToken(session)
        return refresh_token
