"""The same calls through a boto3 client, for functions and commands that have one anyway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ledger.dynamodb import ConditionFailedError
from ledger.rows import LedgerError
from transport import Deadline

_METHODS = {"BatchGetItem": "batch_get_item", "UpdateItem": "update_item"}


class SdkCalls:
    """Calls DynamoDB by a boto3 client; see :class:`ledger.dynamodb.Calls`.

    The client's own time-outs are the deadline: it cannot be told another one for each call.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def __call__(
        self,
        operation: str,
        payload: Mapping[str, Any],
        deadline: Deadline,  # noqa: ARG002  # see the class
    ) -> Mapping[str, Any]:
        """See :class:`ledger.dynamodb.Calls`."""
        try:
            answer: Mapping[str, Any] = getattr(self._client, _METHODS[operation])(**payload)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code == "ConditionalCheckFailedException":
                raise ConditionFailedError from None
            raise LedgerError(code) from None
        except BotoCoreError as error:
            raise LedgerError(type(error).__name__) from None
        return answer
