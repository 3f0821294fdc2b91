"""From an unverified token to a verified one: form, signature, claims, in that order.

Only :class:`Verifier` makes a :class:`VerifiedToken`, and only a verified token has claims that
anything else may look at. What the token's text says about where its key is found (``jku``,
``x5u``, ``jwk``, RFC 7515, section 4.1) is never followed: such a header is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from authorizer.choices import TokenUse
from authorizer.errors import Reason, refusal
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from jose.claims import Claims
from jose.compact import UnverifiedToken
from jose.faults import JoseError
from jose.keys import KeyStore
from jose.signature import is_rs256_signature
from ledger.roster import SessionPolicy
from transport import Deadline, WallClock


class Verifier:
    """Verifies tokens of the configured issuers, clients and uses."""

    def __init__(
        self, settings: Settings, keys: Mapping[str, KeyStore], *, clock: WallClock
    ) -> None:
        """
        Args:
            settings: allow-lists and leeway.
            keys: a key store for each issuer.
            clock: wall-clock time, seconds since the epoch.
        """
        self._settings = settings
        self._keys = keys
        self._clock = clock

    def verify(self, text: str, deadline: Deadline) -> VerifiedToken:
        """Check form, issuer, signature and claims of a token.

        Raises:
            CredentialError: the token is not good.
            UnavailableError: its key can't be had now.
        """
        try:
            return self._verify(text, deadline)
        except JoseError as error:
            raise refusal(Reason(error.fault)) from None

    def _verify(self, text: str, deadline: Deadline) -> VerifiedToken:
        token = UnverifiedToken.parse(text)
        store = self._keys.get(token.claimed_issuer)
        if store is None:
            # Before any key is looked for: a foreign token must not cost a fetch.
            raise refusal(Reason.ISSUER_NOT_ALLOWED)
        key = store.find(token.kid, deadline)
        if not is_rs256_signature(key, token.signing_input, token.signature):
            raise refusal(Reason.SIGNATURE_INVALID)
        return self._check_claims(text, token)

    def _check_claims(self, text: str, token: UnverifiedToken) -> VerifiedToken:
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
        self._check_times(issued_at, expires_at, authenticated_at, claims.moment_or_none("nbf"))
        is_machine = use is TokenUse.ACCESS and subject == client_id
        self._check_client(client_id, is_machine=is_machine)
        if use is TokenUse.ACCESS:
            self._check_audience(claims)
        if is_machine:
            # A client that serves people too must not have them taken for itself.
            claims.forbid("username", "origin_jti", "cognito:groups")
        else:
            self._require_session(claims)
            if use is TokenUse.ACCESS:
                claims.require("username")
        username_claim = "username" if use is TokenUse.ACCESS else "cognito:username"
        token_id = claims.optional_name("jti")
        session_id = claims.optional_name("origin_jti") or token_id
        if not session_id:
            # Without token revocation an ID token names no session, and nobody could end one.
            raise refusal(Reason.CLAIM_MISSING)
        return VerifiedToken(
            text=text,
            issuer=token.claimed_issuer,
            subject=subject,
            token_use=use,
            client_id=client_id,
            is_machine=is_machine,
            username="" if is_machine else claims.name(username_claim),
            scopes=frozenset(claims.optional_text("scope").split()),
            groups=claims.names("cognito:groups"),
            issued_at=issued_at,
            authenticated_at=authenticated_at,
            expires_at=expires_at,
            token_id=token_id or session_id,
            session_id=session_id,
        )

    def _token_use(self, claims: Claims) -> TokenUse:
        use = claims.name("token_use")
        if use not in self._settings.token_uses:
            raise refusal(Reason.TOKEN_USE_NOT_ALLOWED)
        return TokenUse(use)

    def _require_session(self, claims: Claims) -> None:
        """A roster needs names of sessions; without them each refresh would be another one."""
        ledger = self._settings.ledger
        if ledger is not None and ledger.limit.policy is not SessionPolicy.OFF:
            claims.require("origin_jti")

    def _check_audience(self, claims: Claims) -> None:
        """An access token has an audience only if it was bound to a resource (RFC 8707)."""
        audiences = claims.audiences()
        if audiences and not audiences & self._settings.audiences:
            raise refusal(Reason.AUDIENCE_NOT_ALLOWED)

    def _check_times(
        self, issued_at: int, expires_at: int, authenticated_at: int, not_before: int | None
    ) -> None:
        now, leeway = self._clock(), self._settings.leeway_seconds
        if now >= expires_at + leeway:
            raise refusal(Reason.TOKEN_EXPIRED)
        if any(moment > now + leeway for moment in (issued_at, authenticated_at, not_before or 0)):
            raise refusal(Reason.TOKEN_NOT_YET_VALID)

    def _check_client(self, client_id: str, *, is_machine: bool) -> None:
        settings = self._settings
        if is_machine:
            if client_id not in settings.machine_client_ids:
                raise refusal(Reason.MACHINE_TOKEN_NOT_ALLOWED)
        elif client_id not in settings.client_ids:
            raise refusal(Reason.CLIENT_NOT_ALLOWED)
