"""What is being asked: about which token, under which names in the ledger, and until when."""

from __future__ import annotations

from dataclasses import dataclass

from authorizer.tokens import VerifiedToken
from ledger.judgement import TokenFacts
from ledger.rows import Names, cognito_issuer
from transport import Deadline


@dataclass(frozen=True, slots=True)
class Question:
    """One question about one session."""

    token: VerifiedToken
    names: Names
    deadline: Deadline

    @classmethod
    def about(cls, token: VerifiedToken, deadline: Deadline) -> Question:
        """The question that a verified token raises."""
        # Both forms of a pool's issuer are one pool in the ledger.
        issuer = cognito_issuer(token.issuer.rpartition("/")[2])
        names = Names(issuer, token.client_id, token.subject, token.session_id)
        return cls(token, names, deadline)

    @property
    def facts(self) -> TokenFacts:
        """What of the token is compared with marks."""
        return TokenFacts(self.token.authenticated_at, self.token.issued_at)
