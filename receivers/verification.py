"""From a token's text to claims that a stated transmitter has signed: form, issuer, signature.

A token names its issuer itself; it is believed once that issuer's key says so. Who is not stated
costs nothing: no key is fetched for an issuer, a type or an algorithm that is not allowed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jose.claims import Claims
from jose.compact import HeaderRule, UnverifiedToken
from jose.faults import Fault, JoseError
from jose.keys import KeyStore
from jose.signature import signature_check
from receivers.report import Refusal, RefusedError, UnavailableError
from receivers.transmitters import Transmitter
from transport import Deadline

_OUTAGES = frozenset({Fault.KEYS_UNAVAILABLE, Fault.KEY_LOOKUP_LIMITED})
#: A token without a type, or of the type that every JWT may have: see HeaderRule.
_UNTYPED = "jwt"


@dataclass(frozen=True, slots=True)
class SignedClaims:
    """The claims of a token whose signature holds. Who it is for, and when, is yet to be judged."""

    transmitter: Transmitter
    payload: Mapping[str, Any]

    def __repr__(self) -> str:
        """Without anything that the token says."""
        return "SignedClaims()"

    @property
    def claims(self) -> Claims:
        """Read by type."""
        return Claims(self.payload)


class Verifier:
    """Verifies tokens of one kind, of every stated transmitter."""

    def __init__(
        self,
        transmitters: Sequence[Transmitter],
        keys: Mapping[str, KeyStore],
        *,
        token_type: str,
        max_bytes: int,
    ) -> None:
        """
        Args:
            transmitters: whose tokens are taken.
            keys: a key store for each issuer.
            token_type: what ``typ`` says, in lower case.
            max_bytes: longer tokens are not looked at.
        """
        self._keys = keys
        self._max_bytes = max_bytes
        # RFC 7515, section 4.1.9: "application/" may be left out.
        types = frozenset({token_type, f"application/{token_type}"})
        self._transmitters = {transmitter.issuer: transmitter for transmitter in transmitters}
        self._rules = {
            transmitter.issuer: HeaderRule(
                frozenset(algorithm.value for algorithm in transmitter.algorithms),
                types if transmitter.requires_type else types | {_UNTYPED},
            )
            for transmitter in transmitters
        }
        #: What any of them may write; each is then held to its own.
        self._header = HeaderRule(
            frozenset().union(*(rule.algorithms for rule in self._rules.values())),
            frozenset().union(*(rule.types for rule in self._rules.values())),
        )

    def verify(self, text: str, deadline: Deadline) -> SignedClaims:
        """The claims.

        Raises:
            RefusedError: no stated transmitter has signed it.
            UnavailableError: its key can't be had now.
        """
        if len(text) > self._max_bytes:
            raise RefusedError(Refusal.TOKEN_MALFORMED)
        try:
            return self._verify(text, deadline)
        except JoseError as error:
            if error.fault in _OUTAGES:
                raise UnavailableError(error.fault.value) from None
            raise RefusedError(Refusal(error.fault.value)) from None

    def _verify(self, text: str, deadline: Deadline) -> SignedClaims:
        token = UnverifiedToken.parse(text, self._header)
        issuer, algorithm = token.claimed_issuer, token.header.algorithm
        transmitter = self._transmitters.get(issuer)
        if transmitter is None:
            raise RefusedError(Refusal.ISSUER_NOT_ALLOWED)
        if not self._rules[issuer].allows(token.header):
            # Another transmitter's tokens may have it, and this one's may not.
            raise RefusedError(Refusal.HEADER_NOT_ALLOWED)
        store = self._keys[issuer]
        key = store.find(token.kid, deadline)
        if not store.is_for(token.kid, algorithm):
            raise RefusedError(Refusal.ALGORITHM_NOT_ALLOWED)
        if not signature_check(algorithm)(key, token.signing_input, token.signature):
            raise RefusedError(Refusal.SIGNATURE_INVALID)
        return SignedClaims(transmitter, token.payload)
