"""Which signed messages were carried out: a row for each, by issuer and ``jti``.

A message is **begun** before anything is done about it, and **finished** after. Until it is
finished it may come again, as after a failure half-way; what no signature covers must be as it was,
so that a captured message can't be sent with other contents. A finished one is refused for as long
as its signature could be shown again; then DynamoDB may delete the row.

The row ``replay#<issuer>#<SHA-256 of the jti>`` has ``begun_at``, ``finished_at`` (seconds since
the epoch), ``unsigned`` (a SHA-256) and ``ttl``. All sandboxes share it, and beginning is
conditional, so that of two different contents one is refused wherever they arrive.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from ledger.dynamodb import Calls
from ledger.rows import pool_name
from ledger.updates import Updates, number
from transport import Deadline


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose signature holds."""

    issuer: str
    jti: str
    forget_at: int
    """From when on it is refused for its age alone, in seconds since the epoch."""
    unsigned: bytes = field(default=b"", repr=False)
    """What is carried out by it and stands outside its signature."""

    @property
    def row(self) -> str:
        """The name of its row: the issuer is spelled as in the issuer's own row."""
        issuer = pool_name(self.issuer).partition("#")[2]
        return f"replay#{issuer}#{hashlib.sha256(self.jti.encode()).hexdigest()}"


class ReplayGuard:
    """Remembers messages in one table. Moments are whole seconds since the epoch.

    Everything raises :class:`ledger.rows.LedgerError`: nobody can say what stands in the table.
    """

    def __init__(self, table: str, calls: Calls) -> None:
        self._updates = Updates(table, calls)

    def begin(self, message: Message, *, now: int, deadline: Deadline) -> bool:
        """Whether it may be carried out: it is new, or was begun as it is and never finished."""
        return self._updates.update_if(
            "attribute_not_exists(#begun_at)"
            " OR (attribute_not_exists(#finished_at) AND #unsigned = :unsigned)",
            message.row,
            "SET #begun_at = :now, #unsigned = :unsigned, #ttl = :ttl",
            {
                ":now": number(now),
                ":unsigned": {"S": hashlib.sha256(message.unsigned).hexdigest()},
                ":ttl": number(message.forget_at),
            },
            deadline,
        )

    def finish(self, message: Message, *, now: int, deadline: Deadline) -> None:
        """It is carried out."""
        self._updates.update(
            message.row,
            "SET #finished_at = :now, #ttl = :ttl",
            {":now": number(now), ":ttl": number(message.forget_at)},
            deadline,
        )
