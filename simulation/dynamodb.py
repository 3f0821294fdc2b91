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
from simulation.suspension import Suspension
from simulation.table import Table
from transport import Deadline

#: Of the authorizer's ledger settings: it gives up on an answer after this.
TIMEOUT_SECONDS = 0.3
#: A partition's own limit holds; unused capacity of so many seconds comes on top.
_BURST_SECONDS = 1.0
_SHARED_ROWS = ("pool#", "client#")


class DynamoDb:
    """The way from sandboxes to the table; see :class:`ledger.dynamodb.Calls`. It counts.

    A call for a session's or user's rows stands for ``sampled_one_in`` such calls; one for the
    pool's or the client's row for itself alone, for all sandboxes are simulated.
    """

    def __init__(
        self,
        table: Table,
        limits: Limits,
        suspension: Suspension,
        *,
        sampled_one_in: int,
        seconds: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self._table = table
        self._suspension = suspension
        self.sampled_one_in = sampled_one_in
        self._seconds = seconds
        self._reads = _partitions(limits, limits.partition_read_units_per_second, now)
        self._writes = _partitions(limits, limits.partition_write_units_per_second, now)
        self.read_units = 0
        """Of users' and sessions' rows, as simulated."""
        self.shared_read_units = 0
        """Of the pool's and the client's rows."""
        self.write_units = 0
        self.failed_conditions = 0
        self.throttled = 0

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
            self._take(self._writes, payload["Key"][KEY]["S"])
            return
        [wanted] = payload["RequestItems"].values()
        for key in wanted["Keys"]:
            name: str = key[KEY]["S"]
            if name.startswith(_SHARED_ROWS):
                self.shared_read_units += 1
            else:
                self.read_units += 1
            self._take(self._reads, name)

    def _take(self, partitions: list[TokenBucket], name: str) -> None:
        weight = 1 if name.startswith(_SHARED_ROWS) else self.sampled_one_in
        if not partitions[zlib.crc32(name.encode()) % len(partitions)].take(weight):
            self.throttled += 1
            raise LedgerError("ThrottlingException")


def _partitions(limits: Limits, per_second: int, now: Callable[[], float]) -> list[TokenBucket]:
    burst = per_second * _BURST_SECONDS
    return [TokenBucket(per_second, burst, now) for _ in range(limits.partitions)]
