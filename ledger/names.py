"""The names of the rows that concern one token."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ledger.rows import client_name, pool_name, session_name, user_name


# Without slots: what a cached property has worked out stands in the instance.
@dataclass(frozen=True)
class Names:
    """The four row names that concern one token, from its verified claims.

    Each is worked out when it is first asked for, and then held: a decision asks some ten times.
    """

    issuer: str
    client_id: str
    subject: str
    session_id: str
    session_subject: str | None = None
    """In whose name the session's row stands, if not in the subject's: empty for sessions whose
    name is unique within the issuer."""

    @cached_property
    def pool(self) -> str:
        """Everyone."""
        return pool_name(self.issuer)

    @cached_property
    def client(self) -> str:
        """Everyone who came by this app client."""
        return client_name(self.issuer, self.client_id)

    @cached_property
    def user(self) -> str:
        """The user, on all devices."""
        return user_name(self.issuer, self.subject)

    @cached_property
    def session(self) -> str:
        """The session."""
        owner = self.subject if self.session_subject is None else self.session_subject
        return session_name(self.issuer, owner, self.session_id)
