"""DynamoDB's JSON protocol over plain HTTPS, signed with SigV4: no SDK, for a fast cold start.

``docs/decisions/0005-the-ledger-without-an-sdk.md`` has the numbers. Whoever has a boto3 client
anyway uses :class:`ledger.sdk.SdkCalls` instead: the items are the same.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ledger.rows import LedgerError
from transport import Deadline, TransportError
from transport.aws import AwsService
from transport.aws_answers import error_name, json_object

MAX_ANSWER_BYTES = 1_048_576

#: All that a write may be answered. As nobody asks for values, it is ``{}``, and could be
#: anybody's: who proves to have DynamoDB's name and answers just that is believed. No more is.
_MEMBERS_OF_A_WRITE = frozenset({"Attributes", "ConsumedCapacity", "ItemCollectionMetrics"})

_CONDITION_FAILED = "ConditionalCheckFailedException"

#: Errors that are told by their names: those in the SDK's model of the two operations, and those
#: that any service may answer. Another text is the other side's own, and nobody's to repeat.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
KNOWN_CODES = frozenset(
    {
        _CONDITION_FAILED,
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InternalServerError",
        "InvalidEndpointException",
        "InvalidSignatureException",
        "ItemCollectionSizeLimitExceededException",
        "MissingAuthenticationTokenException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "ResourceNotFoundException",
        "SerializationException",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "UnrecognizedClientException",
        "ValidationException",
    }
)


class ConditionFailedError(Exception):
    """A conditional write found the row otherwise than it demanded. Nothing was written."""


class Calls(Protocol):
    """Calls operations of DynamoDB by name, with its own JSON in and out."""

    def __call__(
        self, operation: str, payload: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """Call one operation.

        Raises:
            ConditionFailedError: the condition of a write did not hold.
            LedgerError: anything else went wrong.
        """
        ...


class DynamoDb(AwsService):
    """Calls DynamoDB in one Region; see :class:`Calls`."""

    name = "dynamodb"
    version = "1.0"
    target = "DynamoDB_20120810"

    def __call__(
        self, operation: str, payload: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`Calls`."""
        try:
            answer = self.post(operation, payload, max_bytes=MAX_ANSWER_BYTES, deadline=deadline)
        except TransportError as error:
            raise LedgerError(str(error)) from None
        document = json_object(answer.body)
        if answer.status == 200 and document is not None:
            if operation == "UpdateItem" and not document.keys() <= _MEMBERS_OF_A_WRITE:
                raise LedgerError("not an answer to UpdateItem")
            return document
        code = error_name(document or {})
        if code == _CONDITION_FAILED:
            raise ConditionFailedError
        raise LedgerError(code if code in KNOWN_CODES else f"status {answer.status}")
