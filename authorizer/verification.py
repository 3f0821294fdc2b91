"""From an unverified token to a verified one: form, signature, claims, in that order.

Only :class:`Verifier` makes a :class:`VerifiedToken`, and only a verified token has claims that
anything else may look at. What the token's text says about where its key is found (``jku``,
``x5u``, ``jwk``, RFC 7515, section 4.1) is never followed: such a header is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from authorizer.choices import TokenUse
from authorizer.errors import DecisionError, Reason, refusal
from authorizer.settings import Settings
from authorizer.token_memory import Remembered, TokenMemory, fingerprint
from authorizer.tokens import VerifiedToken
from jose.claims import Claims
from jose.compact import UnverifiedToken
from jose.faults import JoseError
from jose.keys import KeyStore
from jose.signature import is_rs256_signature
from ledger.roster import SessionPolicy
from transport import Deadline, WallClock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


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
        self._memory = TokenMemory(max_entries=settings.token_memory_max_entries)
        self._uses = {use.value: use for use in settings.token_uses}
        ledger = settings.ledger
        # A roster needs names of sessions; without them each refresh would be another one.
        self._needs_session = ledger is not None and ledger.limit.policy is not SessionPolicy.OFF

    def verify(self, text: str, deadline: Deadline) -> VerifiedToken:
        """Check form, issuer, signature and claims of a token.

        A token that was verified before is held against its key and the clock only: it is let in
        and refused at the very moments at which it would be without that memory.

        Raises:
            CredentialError: the token is not good.
            UnavailableError: its key can't be had now.
        """
        name = fingerprint(text)
        known = self._memory.recall(name)
        try:
            if known is None:
                verified = self._verify(text, deadline)
                self._memory.keep(name, verified)
            else:
                verified = self._verify_again(name, text, known, deadline)
        except JoseError as error:
            self._memory.forget(name)
            raise refusal(Reason(error.fault)) from None
        except DecisionError:
            self._memory.forget(name)
            raise
        return verified.token.with_text(text)

    def _verify(self, text: str, deadline: Deadline) -> Remembered:
        token = UnverifiedToken.parse(text)
        store = self._keys.get(token.claimed_issuer)
        if store is None:
            # Before any key is looked for: a foreign token must not cost a fetch.
            raise refusal(Reason.ISSUER_NOT_ALLOWED)
        return self._verify_with(store.find(token.kid, deadline), token)

    def _verify_again(
        self, name: bytes, text: str, known: Remembered, deadline: Deadline
    ) -> Remembered:
        # The store fetches, serves and refuses as for any token.
        key = self._keys[known.token.issuer].find(known.kid, deadline)
        if key is not known.key:
            # The key set was read anew, and what another key has verified counts for nothing.
            known = self._verify_with(key, UnverifiedToken.parse(text))
            self._memory.keep(name, known)
        else:
            self._check_times(known.starts_at, known.token.expires_at)
        return known

    def _verify_with(self, key: RSAPublicKey, token: UnverifiedToken) -> Remembered:
        if not is_rs256_signature(key, token.signing_input, token.signature):
            raise refusal(Reason.SIGNATURE_INVALID)
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
        self._check_times(starts_at, expires_at)
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
        return Remembered(verified, token.kid, key, starts_at)

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

    def _check_times(self, starts_at: int, expires_at: int) -> None:
        now, leeway = self._clock(), self._settings.leeway_seconds
        if now >= expires_at + leeway:
            raise refusal(Reason.TOKEN_EXPIRED)
        if starts_at > now + leeway:
            raise refusal(Reason.TOKEN_NOT_YET_VALID)

    def _check_client(self, client_id: str, *, is_machine: bool) -> None:
        settings = self._settings
        if is_machine:
            if client_id not in settings.machine_client_ids:
                raise refusal(Reason.MACHINE_TOKEN_NOT_ALLOWED)
        elif client_id not in settings.client_ids:
            raise refusal(Reason.CLIENT_NOT_ALLOWED)
