"""The tokens of a Cognito user pool: access tokens, and ID tokens where they are let in.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

from __future__ import annotations

from authorizer.choices import TokenUse
from authorizer.errors import Reason, refusal
from authorizer.issuer_rules import Read, TimesCheck
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from jose.claims import Claims
from jose.compact import ACCESS_TOKENS, UnverifiedToken
from ledger.roster import SessionPolicy


class CognitoTokens:
    """Reads tokens of the configured clients and uses; see :class:`issuer_rules.IssuerRules`."""

    header = ACCESS_TOKENS

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._uses = {use.value: use for use in settings.token_uses}
        ledger = settings.ledger
        # A roster needs names of sessions; without them each refresh would be another one.
        self._needs_session = ledger is not None and ledger.limit.policy is not SessionPolicy.OFF

    def read(self, token: UnverifiedToken, check_times: TimesCheck) -> Read:
        """See :class:`authorizer.issuer_rules.IssuerRules`."""
        claims = Claims(token.payload)
        claims.require("iss", "sub", "token_use", "iat", "exp", "auth_time")
        use = self._token_use(claims)
        if use is TokenUse.ACCESS:
            claims.require("client_id", "jti")
            client_id = claims.name("client_id")
        else:
            claims.require("aud", "cognito:username")
            client_id = claims.name("aud")
        subject = claims.name("sub")
        issued_at, expires_at = claims.moment("iat"), claims.moment("exp")
        authenticated_at = claims.moment("auth_time")
        starts_at = max(issued_at, authenticated_at, claims.moment_or_none("nbf") or 0)
        check_times(starts_at, expires_at)
        is_machine = use is TokenUse.ACCESS and subject == client_id
        self._check_client(client_id, is_machine=is_machine)
        if use is TokenUse.ACCESS and claims.has("aud"):
            self._check_audience(claims)
        if is_machine:
            # A client that serves people too must not have them taken for itself.
            claims.forbid("username", "origin_jti", "cognito:groups")
        else:
            if self._needs_session:
                claims.require("origin_jti")
            if use is TokenUse.ACCESS:
                claims.require("username")
        username_claim = "username" if use is TokenUse.ACCESS else "cognito:username"
        token_id = claims.optional_name("jti")
        session_id = claims.optional_name("origin_jti") or token_id
        if not session_id:
            # Without token revocation an ID token names no session, and nobody could end one.
            raise refusal(Reason.CLAIM_MISSING)
        verified = VerifiedToken(
            "",
            token.claimed_issuer,
            subject,
            use,
            client_id,
            is_machine,
            "" if is_machine else claims.name(username_claim),
            frozenset(claims.optional_text("scope").split()),
            claims.names("cognito:groups"),
            issued_at,
            authenticated_at,
            expires_at,
            token_id or session_id,
            session_id,
        )
        return Read(verified, starts_at)

    def _token_use(self, claims: Claims) -> TokenUse:
        use = self._uses.get(claims.name("token_use"))
        if use is None:
            raise refusal(Reason.TOKEN_USE_NOT_ALLOWED)
        return use

    def _check_audience(self, claims: Claims) -> None:
        """An access token has an audience only if it was bound to a resource (RFC 8707)."""
        audiences = claims.audiences()
        if audiences and not audiences & self._settings.audiences:
            raise refusal(Reason.AUDIENCE_NOT_ALLOWED)

    def _check_client(self, client_id: str, *, is_machine: bool) -> None:
        settings = self._settings
        if is_machine:
            if client_id not in settings.machine_client_ids:
                raise refusal(Reason.MACHINE_TOKEN_NOT_ALLOWED)
        elif client_id not in settings.client_ids:
            raise refusal(Reason.CLIENT_NOT_ALLOWED)
