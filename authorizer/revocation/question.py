"""What is being asked: about which token, under which names in the ledger, and until when."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from authorizer.tokens import Provider, VerifiedToken
from ledger.judgement import TokenFacts
from ledger.names import Names
from ledger.rows import cognito_issuer
from transport import Deadline


class Question(NamedTuple):
    """One question about one session."""

    token: VerifiedToken
    names: Names
    deadline: Deadline

    @classmethod
    def about(cls, token: VerifiedToken, deadline: Deadline) -> Question:
        """The question that a verified token raises."""
        names = _names(
            token.issuer, token.client_id, token.subject, token.session_id, token.provider
        )
        return cls(token, names, deadline)

    @property
    def facts(self) -> TokenFacts:
        """What of the token is compared with marks."""
        return TokenFacts(self.token.authenticated_at, self.token.issued_at)


# By all the claims that names are made of: a session has its names whoever asks.
@lru_cache(maxsize=2048)
def _names(
    issuer: str, client_id: str, subject: str, session_id: str, provider: Provider | None
) -> Names:
    if provider is None:
        # Both forms of a pool's issuer are one pool in the ledger.
        pool = cognito_issuer(issuer.rpartition("/")[2])
        return Names(pool, client_id, subject, session_id)
    # A provider's session has one name for all, and a logout may name nothing else.
    owner = "" if provider.names_sessions else subject
    return Names(issuer, client_id, subject, session_id, owner)
