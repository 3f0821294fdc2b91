"""Access tokens of the user pool's app clients."""

from __future__ import annotations

from jose.claims import Claims
from jose.compact import ACCESS_TOKENS, UnverifiedToken
from ledger.rows import cognito_issuer
from sign_out.session import Session
from sign_out.settings import Settings
from transport import WallClock

#: GlobalSignOut wants it.
#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
_ADMIN_SCOPE = "aws.cognito.signin.user.admin"


class PoolTokens:
    """See :class:`sign_out.session.TokenReader`."""

    header = ACCESS_TOKENS

    def __init__(self, settings: Settings, *, clock: WallClock) -> None:
        self._settings = settings
        self._ledger_issuer = cognito_issuer(settings.user_pool_id)
        self._clock = clock

    def read(self, token: UnverifiedToken) -> Session | None:
        """See :class:`sign_out.session.TokenReader`."""
        claims = Claims(token.payload)
        client_id, subject = claims.name("client_id"), claims.name("sub")
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
            self._ledger_issuer,
            subject,
            client_id,
            session_id,
            owner=subject,
            signed_in_at=claims.moment_or_none("auth_time") or 0,
            is_expired=is_expired,
            can_sign_out_everywhere=_ADMIN_SCOPE in scopes and not is_expired,
        )
