"""The ledger's table in memory: BatchGetItem and UpdateItem, at once and without a failure.

``tests/simulation/test_table.py`` runs the suite on it that holds the ledger's other adapters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.dynamodb import ConditionFailedError
from ledger.rows import KEY
from simulation.expressions import Row, placeholders, read_condition, read_update, refuse
from transport import Deadline

TABLE = "sessions"
_LONGEST_KEY_BYTES = 2048
_NOTHING: Mapping[str, Any] = {}


class Table:
    """One table; see :class:`ledger.dynamodb.Calls`. Rows are replaced, never changed, so that
    what was read stays as it was.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def __call__(
        self,
        operation: str,
        payload: Mapping[str, Any],
        deadline: Deadline,  # noqa: ARG002  # takes no time
    ) -> Mapping[str, Any]:
        """See :class:`ledger.dynamodb.Calls`."""
        if operation == "BatchGetItem":
            return self._batch_get(payload)
        if operation != "UpdateItem":
            raise refuse("UnknownOperationException")
        self._update(payload)
        return _NOTHING

    def _batch_get(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        [(table, wanted)] = payload["RequestItems"].items()
        names = [key[KEY]["S"] for key in wanted["Keys"]]
        if table != TABLE:
            raise refuse("ResourceNotFoundException")
        if not 0 < len(names) <= 100 or len(set(names)) != len(names):
            raise refuse()
        rows = self.rows
        return {"Responses": {TABLE: [rows[name] for name in names if name in rows]}}

    def _update(self, payload: Mapping[str, Any]) -> None:
        if payload["TableName"] != TABLE:
            raise refuse("ResourceNotFoundException")
        name: str = payload["Key"][KEY]["S"]
        if not 0 < len(name.encode()) <= _LONGEST_KEY_BYTES:
            raise refuse()
        names = payload["ExpressionAttributeNames"]
        values = payload.get("ExpressionAttributeValues", _NOTHING)
        change, condition = payload["UpdateExpression"], payload.get("ConditionExpression", "")
        if placeholders(change, condition) != names.keys() | values.keys():
            raise refuse()
        row = self.rows.get(name, {})
        changed = row | {KEY: {"S": name}}
        read_update(change)(changed, row, names, values)
        if condition and not read_condition(condition)(row, names, values):
            raise ConditionFailedError
        self.rows[name] = changed
