"""Access tokens of OpenID providers beside the user pool."""

from __future__ import annotations

from issuers.access_tokens import RefusedError, read_claims
from issuers.profile import OidcIssuer
from issuers.verification import header_rule
from jose.compact import UnverifiedToken
from sign_out.session import Session


class ProviderTokens:
    """See :class:`sign_out.session.TokenReader`."""

    def __init__(self, profile: OidcIssuer) -> None:
        self._profile = profile
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
            provider=self._profile.issuer,
        )
