"""The tokens of a Cognito user pool: access tokens, and ID tokens where they are let in.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authorizer.choices import TokenUse
from authorizer.errors import Reason, refusal
from authorizer.issuer_rules import Read, TimesCheck
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from jose.claims import Claims, moment, name, names, text
from jose.compact import ACCESS_TOKENS, UnverifiedToken

_EVERY_TOKEN = frozenset({"iss", "sub", "token_use", "iat", "exp", "auth_time"})
_ACCESS_TOKEN = frozenset({"client_id", "jti"})
_ID_TOKEN = frozenset({"aud", "cognito:username"})
#: A client that serves people too must not have them taken for itself.
_NOT_OF_MACHINES = frozenset({"username", "origin_jti", "cognito:groups"})


class CognitoTokens:
    """Reads tokens of the configured clients and uses; see :class:`issuer_rules.IssuerRules`."""

    header = ACCESS_TOKENS

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._uses = {use.value: use for use in settings.token_uses}
        ledger = settings.ledger
        # A roster needs names of sessions; without them each refresh would be another one.
        needs_session = ledger is not None and ledger.keeps_roster
        session = frozenset({"origin_jti"} if needs_session else ())
        self._of_people = {
            TokenUse.ACCESS: session | {"username"},
            TokenUse.ID: session,
        }

    def read(self, token: UnverifiedToken, check_times: TimesCheck) -> Read:
        """See :class:`authorizer.issuer_rules.IssuerRules`."""
        claims = token.payload
        _require(claims, _EVERY_TOKEN)
        use = self._uses.get(name(claims["token_use"]))
        if use is None:
            raise refusal(Reason.TOKEN_USE_NOT_ALLOWED)
        is_access = use is TokenUse.ACCESS
        _require(claims, _ACCESS_TOKEN if is_access else _ID_TOKEN)
        client_id = name(claims["client_id" if is_access else "aud"])
        subject = name(claims["sub"])
        issued_at, expires_at = moment(claims["iat"]), moment(claims["exp"])
        authenticated_at = moment(claims["auth_time"])
        starts_at = max(issued_at, authenticated_at)
        if "nbf" in claims:
            starts_at = max(starts_at, moment(claims["nbf"]))
        check_times(starts_at, expires_at)
        is_machine = is_access and subject == client_id
        self._check_client(client_id, is_machine=is_machine)
        if is_access and "aud" in claims:
            self._check_audience(Claims(claims))
        if is_machine:
            Claims(claims).forbid(*_NOT_OF_MACHINES)
            username = ""
        else:
            _require(claims, self._of_people[use])
            username = name(claims["username" if is_access else "cognito:username"])
        token_id = name(claims["jti"]) if "jti" in claims else ""
        session_id = name(claims["origin_jti"]) if "origin_jti" in claims else token_id
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
            username,
            frozenset(text(claims["scope"]).split()) if "scope" in claims else frozenset(),
            names(claims["cognito:groups"]) if "cognito:groups" in claims else (),
            issued_at,
            authenticated_at,
            expires_at,
            token_id or session_id,
            session_id,
        )
        return verified, starts_at

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


def _require(claims: Mapping[str, Any], needed: frozenset[str]) -> None:
    if not needed <= claims.keys():
        raise refusal(Reason.CLAIM_MISSING)
