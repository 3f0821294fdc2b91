"""Updates of single rows: conditional, and with every attribute behind a placeholder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ledger.dynamodb import Calls, ConditionFailedError
from ledger.rows import KEY
from transport import Deadline

_PLACEHOLDER = re.compile(r"#(\w+)")


class Updates:
    """UpdateItem on one table."""

    def __init__(self, table: str, calls: Calls) -> None:
        self._table = table
        self._calls = calls

    def raise_watermark(self, attribute: str, name: str, moment: int, deadline: Deadline) -> None:
        """Raise a number; one that stands higher already says more than this one would."""
        self.update_if(
            f"attribute_not_exists(#{attribute}) OR #{attribute} < :moment",
            name,
            f"SET #{attribute} = :moment",
            {":moment": number(moment)},
            deadline,
        )

    def update_if(
        self,
        condition: str,
        name: str,
        expression: str,
        values: Mapping[str, Any],
        deadline: Deadline,
    ) -> bool:
        """Write if ``condition`` holds; whether it did.

        Raises:
            LedgerError: it is not known whether anything was written.
        """
        try:
            self.update(name, expression, values, deadline, condition=condition)
        except ConditionFailedError:
            return False
        return True

    def update(
        self,
        name: str,
        expression: str,
        values: Mapping[str, Any],
        deadline: Deadline,
        *,
        condition: str = "",
    ) -> None:
        """Write, and raise what :class:`ledger.dynamodb.Calls` raises."""
        # Every attribute goes by a placeholder: DynamoDB reserves some six hundred words.
        attributes = set(_PLACEHOLDER.findall(f"{expression} {condition}"))
        payload: dict[str, Any] = {
            "TableName": self._table,
            "Key": {KEY: {"S": name}},
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {f"#{attribute}": attribute for attribute in attributes},
        }
        if values:
            payload["ExpressionAttributeValues"] = dict(values)
        if condition:
            payload["ConditionExpression"] = condition
        self._calls("UpdateItem", payload, deadline)


def number(value: int) -> dict[str, str]:
    """A number as DynamoDB's own protocol writes it."""
    return {"N": str(value)}
