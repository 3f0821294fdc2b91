"""What fails, and answers again; and issuers' keys, which go by and by."""

from __future__ import annotations

from ledger.rows import LedgerError
from tests.delay.history import Known
from tests.delay.issuer import FAILURES, Issuer
from tests.delay.sessions import Token
from tests.delay.world import World

#: Keys take long to make, and each has to be known to all processes.
LAST_KEY = "key3"


class Outages:
    """Acts on a world as its misfortunes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def fail(self, issuer: Issuer, how: int) -> None:
        """Nobody is told about sessions."""
        issuer.failure = FAILURES[how % len(FAILURES)]

    def answer(self, issuer: Issuer) -> None:
        """It is over."""
        issuer.failure = None

    def fail_keys(self, issuer: Issuer, how: int) -> None:
        """Nobody gets the key set."""
        issuer.key_failure = FAILURES[how % len(FAILURES)]

    def answer_keys(self, issuer: Issuer) -> None:
        """It is over."""
        issuer.key_failure = None

    def ledger_fails(self, how: int) -> None:
        """All of it, in one operation, in part, or so that nobody hears what was done."""
        table = self._world.table
        self.ledger_answers()
        table.failure = LedgerError("InternalServerError")
        kind = how % 5
        if kind == 1:
            table.failing_operations = frozenset({"BatchGetItem"})
        elif kind == 2:
            table.failing_operations = frozenset({"UpdateItem"})
        elif kind > 2:
            table.failure = None
            table.is_partial, table.loses_answers = kind == 3, kind == 4

    def ledger_answers(self) -> None:
        """It is over."""
        table = self._world.table
        table.failure, table.is_partial, table.loses_answers = None, False, False
        table.failing_operations = frozenset({"BatchGetItem", "UpdateItem"})

    def rotate(self, issuer: Issuer, withdraw: int) -> None:
        """Another key signs; the older ones are withdrawn, or stay published."""
        keys = issuer.keys
        if keys == [LAST_KEY]:
            return
        newest = int(keys[-1].removeprefix("key"))
        if f"key{newest}" != LAST_KEY:
            keys.append(f"key{newest + 1}")
        if withdraw % 2:
            del keys[:-1]
            self._withdrawn(issuer, keys[-1])

    def _withdrawn(self, issuer: Issuer, signing: str) -> None:
        """Only ``signing`` is published any more."""
        world = self._world
        is_there = issuer is world.provider

        def concerns(token: Token) -> bool:
            return token.kid < signing and world.issuer_of(token.session) is issuer

        way = "key withdrawn, there" if is_there else "key withdrawn"
        world.end(way, Known.KEYS, may=concerns, must=concerns)
