"""Access tokens of OpenID providers beside the user pool."""

from __future__ import annotations

from issuers.access_tokens import RefusedError, read_claims
from issuers.profile import OidcIssuer
from issuers.verification import header_rule
from jose.compact import UnverifiedToken
from sign_out.session import Session
from sign_out.settings import Settings
from transport import WallClock


class ProviderTokens:
    """See :class:`sign_out.session.TokenReader`."""

    def __init__(self, profile: OidcIssuer, settings: Settings, *, clock: WallClock) -> None:
        self._profile = profile
        self._leeway_seconds = settings.leeway_seconds
        self._clock = clock
        self.header = header_rule(profile)

    def read(self, token: UnverifiedToken) -> Session | None:
        """See :class:`sign_out.session.TokenReader`."""
        try:
            claims = read_claims(token, self._profile)
        except RefusedError:
            return None
        if claims.is_machine:
            return None
        return Session(
            self._profile.issuer,
            claims.subject,
            claims.client_id,
            claims.session_id,
            owner="",
            signed_in_at=claims.authenticated_at,
            is_expired=self._clock() >= claims.expires_at + self._leeway_seconds,
            provider=self._profile.issuer,
        )
