"""The access tokens of an OpenID provider beside Cognito. Imported only where there is one."""

from __future__ import annotations

from authorizer.choices import TokenUse
from authorizer.errors import Reason, refusal
from authorizer.issuer_rules import Read, TimesCheck
from authorizer.tokens import Provider, VerifiedToken
from issuers.access_tokens import RefusedError, read_claims
from issuers.profile import OidcIssuer, SessionCheck
from issuers.verification import header_rule
from jose.compact import UnverifiedToken


def provider_of(profile: OidcIssuer) -> Provider:
    """What a profile makes of its issuer's tokens."""
    return Provider(
        names_sessions=bool(profile.session_claim),
        is_judged_by_marks=profile.session_check is SessionCheck.LEDGER,
    )


class ProviderTokens:
    """Reads tokens as stated in a profile; see :class:`issuer_rules.IssuerRules`."""

    def __init__(self, profile: OidcIssuer) -> None:
        self._profile = profile
        self._provider = provider_of(profile)
        self.header = header_rule(profile)

    def read(self, token: UnverifiedToken, check_times: TimesCheck) -> Read:
        """See :class:`authorizer.issuer_rules.IssuerRules`."""
        try:
            claims = read_claims(token, self._profile)
        except RefusedError as error:
            raise refusal(Reason(error.refusal)) from None
        check_times(claims.starts_at, claims.expires_at)
        if self._provider.names_sessions and not claims.is_machine and not claims.session_id:
            # Where sessions have names, a token without one could outlive each of them.
            raise refusal(Reason.CLAIM_MISSING)
        verified = VerifiedToken(
            "",
            token.claimed_issuer,
            claims.subject,
            TokenUse.ACCESS,
            claims.client_id,
            claims.is_machine,
            "",
            claims.scopes,
            claims.groups,
            claims.issued_at,
            claims.authenticated_at,
            claims.expires_at,
            claims.token_id,
            claims.session_id or claims.token_id,
            self._provider,
        )
        return verified, claims.starts_at
