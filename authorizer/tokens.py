"""Tokens that are verified, and the sessions they name.

What is not verified yet is a :class:`jose.compact.UnverifiedToken`: another type, so that trust
can't be mistaken. Only :class:`authorizer.verification.Verifier` makes a :class:`VerifiedToken`.
"""

from __future__ import annotations

from typing import NamedTuple

from authorizer.choices import TokenUse
from authorizer.policy import Grants


class Provider(NamedTuple):
    """What is particular to tokens of an OpenID provider beside Cognito."""

    names_sessions: bool
    """Its tokens name their session; else each is a session of its own."""
    is_judged_by_marks: bool
    """Nobody but the ledger is asked about its sessions."""

    @property
    def judges_tokens_alone(self) -> bool:
        """It is asked about each token itself, though tokens share sessions."""
        return self.names_sessions and not self.is_judged_by_marks


class VerifiedToken(NamedTuple):
    """A token whose signature and claims hold. All times are seconds since the epoch."""

    text: str
    """Empty where nobody needs it: a token is as good as a password."""
    issuer: str
    subject: str
    token_use: TokenUse
    client_id: str
    is_machine: bool
    username: str
    scopes: frozenset[str]
    groups: tuple[str, ...]
    issued_at: int
    authenticated_at: int
    expires_at: int
    token_id: str
    session_id: str
    provider: Provider | None = None
    """None for Cognito."""

    def __repr__(self) -> str:
        """Without the token: a representation ends up in logs."""
        return f"VerifiedToken(session_id={self.session_id!r}, client_id={self.client_id!r})"

    def with_text(self, text: str) -> VerifiedToken:
        """The same token, and its text beside it: for whoever has to show it to its issuer."""
        # Not by the type's own constructor, which goes through each field by itself.
        return tuple.__new__(VerifiedToken, (text, *self[1:]))

    @property
    def has_session(self) -> bool:
        """It belongs to a user's session that has a name, and so can have a place on a roster."""
        return not self.is_machine and (self.provider is None or self.provider.names_sessions)

    @property
    def is_judged_alone(self) -> bool:
        """Its issuer is asked about the token itself: what it says is no word on others of the
        session. Providers revoke single tokens (RFC 7009, section 2.1), Cognito whole sessions.
        """
        return self.provider is not None and self.provider.judges_tokens_alone

    @property
    def grants(self) -> Grants:
        """What the token grants to route rules."""
        return Grants(self.scopes, frozenset(self.groups))
