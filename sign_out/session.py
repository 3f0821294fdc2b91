"""Which session an access token belongs to: Cognito's signature says so, and nothing else.

An expired token is taken too: it still names the session, and who holds it may end that, as
OpenID providers take expired ID tokens for a logout (RP-Initiated Logout 1.0, section 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from jose.claims import Claims
from jose.compact import UnverifiedToken
from jose.faults import Fault, JoseError
from jose.keys import KeyStore
from jose.signature import signature_check
from sign_out.settings import Settings
from transport import Deadline, WallClock

#: GlobalSignOut wants it.
#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
_ADMIN_SCOPE = "aws.cognito.signin.user.admin"

_OUTAGES = frozenset({Fault.KEYS_UNAVAILABLE, Fault.KEY_LOOKUP_LIMITED})


class KeysUnavailableError(Exception):
    """Nobody can say now whose token it is."""


@dataclass(frozen=True, slots=True)
class Session:
    """A user's session, from verified claims."""

    subject: str
    client_id: str
    session_id: str
    can_sign_out_everywhere: bool
    """The token is one that Cognito's GlobalSignOut takes."""


class SessionReader:
    """Reads sessions out of access tokens of the pool's app clients."""

    def __init__(self, settings: Settings, keys: KeyStore, *, clock: WallClock) -> None:
        self._settings = settings
        self._keys = keys
        self._clock = clock
        self._is_signature = signature_check("RS256")

    def read(self, text: str, deadline: Deadline) -> Session | None:
        """The session; None if the token is not one that this pool gave to one of the clients.

        Raises:
            KeysUnavailableError: its key can't be had now.
        """
        try:
            return self._read(text, deadline)
        except JoseError as error:
            if error.fault in _OUTAGES:
                raise KeysUnavailableError from None
            return None

    def _read(self, text: str, deadline: Deadline) -> Session | None:
        token = UnverifiedToken.parse(text)
        if token.claimed_issuer not in self._settings.issuers:
            return None
        key = self._keys.find(token.kid, deadline)
        if not self._is_signature(key, token.signing_input, token.signature):
            return None
        claims = Claims(token.payload)
        client_id = claims.name("client_id")
        session_id = claims.optional_name("origin_jti")
        if (
            claims.name("token_use") != "access"
            or client_id not in self._settings.client_ids
            or not session_id
        ):
            return None
        is_expired = self._clock() >= claims.moment("exp") + self._settings.leeway_seconds
        scopes = claims.optional_text("scope").split()
        return Session(
            subject=claims.name("sub"),
            client_id=client_id,
            session_id=session_id,
            can_sign_out_everywhere=_ADMIN_SCOPE in scopes and not is_expired,
        )
