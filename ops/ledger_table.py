"""The deployment's ledger, read and written as the product itself does."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.reader import Reader
from ledger.rows import Item, LedgerError, PoolRow, pool_name
from ledger.sdk import SdkCalls
from ledger.writer import Writer
from ops.answers import UnavailableError, UsageError
from ops.run import Run
from transport import Deadline

_SECONDS = 30

#: BatchGetItem takes no more keys at once.
_MOST_KEYS = 100

NO_LEDGER = "this deployment has no ledger: marks have nowhere to stand (ledger=true, and deploy)"


class LedgerTable:
    """The table of one deployment.

    Attributes:
        writer: writes marks.
    """

    def __init__(self, run: Run, table: str) -> None:
        calls = SdkCalls(run.aws.client("dynamodb"))
        self._run = run
        self._reader = Reader(table, calls)
        self.writer = Writer(table, calls)

    def read(self, names: Sequence[str]) -> dict[str, Item]:
        """The items of these names; one that does not exist is empty.

        Raises:
            UnavailableError: not every one could be read.
        """
        found: dict[str, Item] = {}
        try:
            for at in range(0, len(names), _MOST_KEYS):
                found |= self._reader.read(names[at : at + _MOST_KEYS], self.deadline())
        except LedgerError as error:
            raise UnavailableError("ledger_unavailable", f"the ledger: {error}") from None
        return found

    def pool_rows(self, issuers: Sequence[str]) -> dict[str, PoolRow]:
        """The rows that concern everyone of an issuer. Raises UnavailableError."""
        names = {issuer: pool_name(issuer) for issuer in issuers}
        try:
            items = self.read(list(names.values()))
            return {issuer: PoolRow.read(items[name]) for issuer, name in names.items()}
        except LedgerError as error:
            raise UnavailableError("ledger_unavailable", f"the ledger: {error}") from None

    def deadline(self) -> Deadline:
        """By when one call must be done."""
        return Deadline.after(_SECONDS, self._run.world.monotonic)


def open_ledger(run: Run) -> LedgerTable | None:
    """The deployment's ledger; None if it has none."""
    table = run.deployment.ledger_table
    return None if table is None else LedgerTable(run, table)


def need_ledger(run: Run) -> LedgerTable:
    """The deployment's ledger. Raises UsageError: it has none."""
    table = open_ledger(run)
    if table is None:
        raise UsageError("no_ledger", NO_LEDGER)
    return table
