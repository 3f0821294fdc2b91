"""From an unverified token to a verified one: form, signature, claims, in that order.

Only :class:`Verifier` makes a :class:`VerifiedToken`, and only a verified token has claims that
anything else may look at. What the token's text says about where its key is found (``jku``,
``x5u``, ``jwk``, RFC 7515, section 4.1) is never followed: such a header is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from authorizer.cognito_tokens import CognitoTokens
from authorizer.errors import DecisionError, Reason, refusal
from authorizer.issuer_rules import IssuerRules
from authorizer.settings import Settings
from authorizer.token_memory import Remembered, TokenMemory, fingerprint
from authorizer.tokens import VerifiedToken
from jose.compact import HeaderRule, UnverifiedToken
from jose.faults import JoseError
from jose.keys import KeyStore
from jose.signature import signature_check
from transport import Deadline, WallClock

if TYPE_CHECKING:
    from jose.key_set import PublicKey


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
        self._rules = _rules(settings)
        #: What any of the issuers may write; each is then held to its own.
        self._header = _any_of({rules.header for rules in self._rules.values()})
        self._checks = {name: signature_check(name) for name in self._header.algorithms}

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
        token = UnverifiedToken.parse(text, self._header)
        rules = self._rules.get(token.claimed_issuer)
        if rules is None:
            # Before any key is looked for: a foreign token must not cost a fetch.
            raise refusal(Reason.ISSUER_NOT_ALLOWED)
        if rules.header is not self._header and not rules.header.allows(token.header):
            # Another issuer's tokens may have it, and this one's may not.
            raise refusal(Reason.HEADER_NOT_ALLOWED)
        store = self._keys[token.claimed_issuer]
        return self._verify_with(rules, store, store.find(token.header.kid, deadline), token)

    def _verify_again(
        self, name: bytes, text: str, known: Remembered, deadline: Deadline
    ) -> Remembered:
        # The store fetches, serves and refuses as for any token.
        issuer = known.token.issuer
        store = self._keys[issuer]
        key = store.find(known.kid, deadline)
        if key is not known.key:
            # The key set was read anew, and what another key has verified counts for nothing.
            token = UnverifiedToken.parse(text, self._header)
            known = self._verify_with(self._rules[issuer], store, key, token)
            self._memory.keep(name, known)
        else:
            self._check_times(known.starts_at, known.token.expires_at)
        return known

    def _verify_with(
        self, rules: IssuerRules, store: KeyStore, key: PublicKey, token: UnverifiedToken
    ) -> Remembered:
        algorithm, kid, _ = token.header
        if not store.is_for(kid, algorithm):
            raise refusal(Reason.ALGORITHM_NOT_ALLOWED)
        if not self._checks[algorithm](key, token.signing_input, token.signature):
            raise refusal(Reason.SIGNATURE_INVALID)
        verified, starts_at = rules.read(token, self._check_times)
        return Remembered(verified, kid, key, starts_at)

    def _check_times(self, starts_at: int, expires_at: int) -> None:
        now, leeway = self._clock(), self._settings.leeway_seconds
        if now >= expires_at + leeway:
            raise refusal(Reason.TOKEN_EXPIRED)
        if starts_at > now + leeway:
            raise refusal(Reason.TOKEN_NOT_YET_VALID)


def _any_of(headers: Collection[HeaderRule]) -> HeaderRule:
    if len(headers) == 1:
        return next(iter(headers))
    return HeaderRule(
        frozenset().union(*(header.algorithms for header in headers)),
        frozenset().union(*(header.types for header in headers)),
    )


def _rules(settings: Settings) -> Mapping[str, IssuerRules]:
    cognito = CognitoTokens(settings)
    rules: dict[str, IssuerRules] = dict.fromkeys(settings.issuers, cognito)
    if settings.providers:
        from authorizer.provider_tokens import ProviderTokens  # noqa: PLC0415  # cold starts

        rules |= {profile.issuer: ProviderTokens(profile) for profile in settings.providers}
    return rules
