"""Makes Cognito's tokens, and judges access tokens as its operations do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import jwt

from local.clock import WallClock
from local.cognito.directory import Client, Directory, User
from local.cognito.errors import CognitoError, no_such_user, not_authorized
from local.cognito.keys import KeyRing
from local.cognito.sessions import Session, SessionBook

#: What an access token needs for GetUser and the other operations of a user on himself, and
#: the only scope that the authentication API (as opposed to OAuth) gives.
ADMIN_SCOPE = "aws.cognito.signin.user.admin"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh gives. A refresh without rotation gives no refresh token."""

    access: str
    id: str
    refresh: str | None
    expires_in_seconds: int


class TokenMint:
    """Signs tokens with the pool's keys, at the injected time."""

    def __init__(self, keys: KeyRing, clock: WallClock) -> None:
        self._keys = keys
        self._clock = clock

    def user_tokens(
        self,
        session: Session,
        client: Client,
        user: User,
        *,
        refresh: str | None,
        added: Mapping[str, Any] = MappingProxyType({}),
    ) -> Tokens:
        """An access and an ID token of the session; ``added`` are claims of the trigger's."""
        groups: dict[str, Any] = {"cognito:groups": list(user.groups)} if user.groups else {}
        common = groups | {
            "sub": user.subject,
            "origin_jti": session.origin_jti,
            "event_id": str(uuid.uuid4()),
            "auth_time": session.authenticated_at,
        }
        lifetimes = client.lifetimes
        access = self._sign(
            "access",
            client,
            common
            | {
                "client_id": client.client_id,
                "scope": " ".join(session.scopes),
                "username": user.username,
            },
            lifetimes.access_seconds,
        )
        attributes = {
            name: value == "true" if name.endswith("_verified") else value
            for name, value in user.attributes.items()
            if name != "sub"
        }
        identity = self._sign(
            "id",
            client,
            attributes
            | dict(added)
            | common
            | {"aud": client.client_id, "cognito:username": user.username},
            lifetimes.id_seconds,
        )
        return Tokens(access, identity, refresh, lifetimes.access_seconds)

    def machine_token(self, client: Client, scopes: tuple[str, ...]) -> str:
        """An access token of the client-credentials grant: no user and no session behind it."""
        claims = {
            "sub": client.client_id,
            "client_id": client.client_id,
            "scope": " ".join(scopes),
            "auth_time": int(self._clock()),
            "version": 2,
        }
        return self._sign("access", client, claims, client.lifetimes.access_seconds)

    def _sign(
        self, token_use: str, client: Client, claims: dict[str, Any], lifetime_seconds: int
    ) -> str:
        region = client.pool_id.partition("_")[0]
        now = int(self._clock())
        key = self._keys.signing_key(client.pool_id, token_use)
        return jwt.encode(
            claims
            | {
                "iss": f"https://cognito-idp.{region}.amazonaws.com/{client.pool_id}",
                "token_use": token_use,
                "iat": now,
                "exp": now + lifetime_seconds,
                "jti": str(uuid.uuid4()),
            },
            key.private,
            algorithm="RS256",
            # Cognito's headers hold kid and alg, and no typ.
            headers={"kid": key.kid, "typ": None},
        )


class AccessTokenJudge:
    """Says whose living session an access token belongs to, or why it is none.

    As in AWS no pool is asked for: a good token of any of the Region's pools will do.
    """

    def __init__(
        self, keys: KeyRing, sessions: SessionBook, directory: Directory, clock: WallClock
    ) -> None:
        self._keys = keys
        self._sessions = sessions
        self._directory = directory
        self._clock = clock

    def judge(self, token: object) -> tuple[Session, User]:
        """The session and its user.

        Raises:
            CognitoError: with the code and the text that AWS has for the case.
        """
        claims = self._verify(token)
        if self._clock() >= claims["exp"]:
            raise not_authorized("Access Token has expired")
        if ADMIN_SCOPE not in claims["scope"].split():
            raise not_authorized("Access Token does not have required scopes")
        session = self._sessions.find(claims.get("origin_jti", ""))
        if session is None:
            raise not_authorized("Access Token has been revoked")
        user = self._directory.user(session.pool_id, session.username)
        if user.subject != session.subject:
            # A new user of the same name is somebody else.
            raise no_such_user()
        if not user.is_enabled:
            # Disabling ends the sessions too; AWS does not document which text comes first.
            raise not_authorized("User is disabled.")
        if session.is_revoked:
            raise not_authorized("Access Token has been revoked")
        if user.status == "RESET_REQUIRED":
            raise CognitoError(
                "PasswordResetRequiredException", "Password reset required for the user"
            )
        if user.status == "UNCONFIRMED":
            raise CognitoError("UserNotConfirmedException", "User is not confirmed.")
        return session, user

    def _verify(self, token: object) -> dict[str, Any]:
        if not isinstance(token, str):
            raise not_authorized("Invalid Access Token")
        try:
            key = self._keys.find(str(jwt.get_unverified_header(token).get("kid")))
        except jwt.InvalidTokenError:
            key = None
        if key is None or key.token_use != "access":
            raise not_authorized("Invalid Access Token")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.private.public_key(),
                algorithms=["RS256"],
                # Times are judged by the injected clock, above.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidSignatureError:
            raise not_authorized("Could not verify signature for Access Token") from None
        except jwt.InvalidTokenError:
            raise not_authorized("Invalid Access Token") from None
        return claims
