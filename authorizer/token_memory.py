"""Tokens that this sandbox has verified, so that one is not verified for every call it makes.

What is remembered is what time does not change: signature and claims, and the very key that the
signature was verified with. It is not an answer: times are held against the clock anew, and the key
is asked of the key store anew, each time (:mod:`authorizer.verification`). Whether the session
lives is another question, which is not touched.

The name of an entry is a digest, and the entry holds no token: a token is as good as a password.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from authorizer.tokens import VerifiedToken

if TYPE_CHECKING:
    from jose.key_set import PublicKey


class Remembered(NamedTuple):
    """A token that was verified."""

    token: VerifiedToken
    """Without its text."""
    kid: str
    key: PublicKey
    starts_at: int
    """No moment of the token's past lies after this one; seconds since the epoch."""


class TokenMemory:
    """Verified tokens by :func:`fingerprint`; the least recently used go first.

    Only a token whose signature was verified gets in, so that nobody can push others out with
    forged ones.
    """

    def __init__(self, *, max_entries: int) -> None:
        """
        Args:
            max_entries: 0 for none.
        """
        self._max_entries = max_entries
        self._entries: OrderedDict[bytes, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def recall(self, name: bytes) -> Remembered | None:
        """What is known of the token of this fingerprint."""
        entry = self._entries.get(name)
        if entry is not None:
            self._entries.move_to_end(name)
        return entry

    def keep(self, name: bytes, verified: Remembered) -> None:
        """Remember it, in place of what is known under the same name."""
        self._entries[name] = verified
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    def forget(self, name: bytes) -> None:
        """Drop what is known under this name."""
        self._entries.pop(name, None)


def fingerprint(text: str) -> bytes:
    """The name of the token of exactly this text; another spelling has another one."""
    # Any text can be looked up, also one that no token can have.
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
