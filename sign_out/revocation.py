"""Revoking at an issuer: what it may come to."""

from __future__ import annotations

from typing import Protocol

from transport import Deadline


class RevocationError(Exception):
    """Nobody can say that it is revoked.

    ``code`` is one of AWS's or of our own, never a text of the other side's.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Revocation(Protocol):
    """Revokes refresh tokens at one issuer."""

    def revoke_token(self, refresh_token: str, client_id: str, deadline: Deadline) -> bool:
        """Revoke a refresh token and what it has brought; False if the issuer refused it.

        Raises:
            RevocationError: nobody can say that it is revoked.
        """
        ...
