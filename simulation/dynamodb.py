"""DynamoDB around the table: latency, capacity units, and what one partition bears.

On demand a strongly consistent read of an item of up to 4 KB is one read unit, found or not; a
write of up to 1 KB is one write unit, whether or not its condition holds.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from ledger.dynamodb import ConditionFailedError
from ledger.rows import KEY, LedgerError
from simulation.load import Limits
from simulation.quotas import TokenBucket
from simulation.sessions import is_watched
from simulation.suspension import Suspension
from simulation.table import Table
from transport import Deadline

#: Of the authorizer's ledger settings: it gives up on an answer after this.
TIMEOUT_SECONDS = 0.3
_SHARED_ROWS = ("pool#", "client#")


class DynamoDb:
    """The way from sandboxes to the table; see :class:`ledger.dynamodb.Calls`. It counts.

    Sessions' and users' rows lie on partitions whose rates are divided as Cognito's are; whoever is
    watched takes an n-th of them, too. All sandboxes are simulated, so the pool's and the client's
    rows bear what one partition bears.
    """

    def __init__(
        self,
        table: Table,
        limits: Limits,
        suspension: Suspension,
        *,
        sampled_one_in: int,
        is_overloaded: bool,
        seconds: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        """
        Args:
            table: what is stored.
            limits: of partitions, and how many there are.
            suspension: lets calls take their time.
            sampled_one_in: of how many sessions one is simulated.
            is_overloaded: whether more is read than all partitions bear, so that they start spent.
            seconds: how long a call takes.
            now: the simulation's clock.
        """
        self._table = table
        self._suspension = suspension
        self._limits = limits
        self._now = now
        self._seconds = seconds
        self._sampled_one_in = sampled_one_in
        self._reads, self._writes = self._partitions(is_full=not is_overloaded)
        bears = limits.partition_read_units_per_second
        self._shared = TokenBucket(bears, bears, now)
        self.read_units = 0
        """Of users' and sessions' rows, as simulated."""
        self.shared_read_units = 0
        """Of the pool's and the client's rows."""
        self.write_units = 0
        self.failed_conditions = 0
        self.throttled = 0

    def refill(self) -> None:
        """From now on the partitions are for what is simulated, and nothing is spent."""
        self._sampled_one_in = 1
        self._reads, self._writes = self._partitions(is_full=True)

    def __call__(
        self, operation: str, payload: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`ledger.dynamodb.Calls`. What is read or written is so at once; the answer
        then takes its time, and may come too late.
        """
        self._suspension.begin_wait()
        seconds = self._seconds()
        patience = min(TIMEOUT_SECONDS, deadline.remaining_seconds())
        answer: Mapping[str, Any] = {}
        failure: Exception | None = None
        try:
            self._charge(operation, payload)
            answer = self._table(operation, payload, deadline)
        except ConditionFailedError as error:
            self.failed_conditions += 1
            failure = error
        except LedgerError as error:
            failure = error
        self._suspension.wait(min(seconds, patience))
        if seconds > patience:
            raise LedgerError("timed out")
        if failure is not None:
            raise failure
        return answer

    def _charge(self, operation: str, payload: Mapping[str, Any]) -> None:
        if operation == "UpdateItem":
            self.write_units += 1
            name: str = payload["Key"][KEY]["S"]
            self._take(_of(self._writes, name), name)
            return
        [wanted] = payload["RequestItems"].values()
        for key in wanted["Keys"]:
            name = key[KEY]["S"]
            if name.startswith(_SHARED_ROWS):
                self.shared_read_units += 1
                self._take(self._shared, name)
            else:
                self.read_units += 1
                self._take(_of(self._reads, name), name)

    def _take(self, partition: TokenBucket, name: str) -> None:
        part = 1 / self._sampled_one_in if is_watched(name) else 1.0
        if not partition.take_part(part):
            self.throttled += 1
            raise LedgerError("ThrottlingException")

    def _partitions(self, *, is_full: bool) -> tuple[list[TokenBucket], list[TokenBucket]]:
        limits = self._limits
        reads, writes = (
            [
                TokenBucket(units / self._sampled_one_in, units, self._now, is_full=is_full)
                for _ in range(limits.partitions)
            ]
            for units in (
                limits.partition_read_units_per_second,
                limits.partition_write_units_per_second,
            )
        )
        return reads, writes


def _of(partitions: list[TokenBucket], name: str) -> TokenBucket:
    return partitions[zlib.crc32(name.encode()) % len(partitions)]
