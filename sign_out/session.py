"""Which session an access token belongs to: its issuer's signature says so, and nothing else.

An expired token is taken too: it still names the session, and who holds it may end that, as
OpenID providers take expired ID tokens for a logout (RP-Initiated Logout 1.0, section 4). It ends
nothing that was signed in later: old tokens lie about in logs and backups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from jose.compact import HeaderRule, UnverifiedToken
from jose.faults import Fault, JoseError
from jose.keys import KeyStore
from jose.signature import signature_check
from transport import Deadline

_OUTAGES = frozenset({Fault.KEYS_UNAVAILABLE, Fault.KEY_LOOKUP_LIMITED})


class KeysUnavailableError(Exception):
    """Nobody can say now whose token it is."""


@dataclass(frozen=True, slots=True)
class Session:
    """A user's session, from verified claims."""

    ledger_issuer: str
    """What the ledger calls the issuer."""
    subject: str
    client_id: str
    session_id: str
    """Empty if the issuer's tokens name no session: then all of the user's end."""
    owner: str
    """In whose name the session's row stands: the subject's, or nobody's at providers."""
    signed_in_at: int
    """When its user did so, as far as the token knows; seconds since the epoch."""
    is_expired: bool
    """The token is of use for ending its own session, and for nothing else."""
    provider: str | None = None
    """The OpenID provider's issuer; None for the user pool."""
    can_sign_out_everywhere: bool = False
    """The token is one that Cognito's GlobalSignOut takes."""


class TokenReader(Protocol):
    """Reads sessions out of one issuer's tokens."""

    @property
    def header(self) -> HeaderRule:
        """The headers that its tokens may have."""
        ...

    def read(self, token: UnverifiedToken) -> Session | None:
        """The session of a token whose signature holds; None if it is not for this API's apps.

        Raises:
            jose.faults.JoseError: its claims are not what they must be.
        """
        ...


class SessionReader:
    """Verifies tokens of every issuer that is allowed."""

    def __init__(self, readers: Mapping[str, TokenReader], keys: Mapping[str, KeyStore]) -> None:
        """
        Args:
            readers: by issuer.
            keys: a key store for each issuer.
        """
        self._readers = readers
        self._keys = keys
        rules = [reader.header for reader in readers.values()]
        self._header = HeaderRule(
            frozenset().union(*(rule.algorithms for rule in rules)),
            frozenset().union(*(rule.types for rule in rules)),
        )

    def read(self, text: str, deadline: Deadline) -> Session | None:
        """The session; None if the token is not one that an allowed issuer gave to our apps.

        Raises:
            KeysUnavailableError: its key can't be had now.
        """
        try:
            return self._read(text, deadline)
        except JoseError as error:
            if error.fault in _OUTAGES:
                raise KeysUnavailableError from None
            return None

    def _read(self, text: str, deadline: Deadline) -> Session | None:
        token = UnverifiedToken.parse(text, self._header)
        reader = self._readers.get(token.claimed_issuer)
        if reader is None or not reader.header.allows(token.header):
            return None
        store, algorithm = self._keys[token.claimed_issuer], token.header.algorithm
        key = store.find(token.kid, deadline)
        is_signature = signature_check(algorithm)
        if not store.is_for(token.kid, algorithm) or not is_signature(
            key, token.signing_input, token.signature
        ):
            return None
        return reader.read(token)
