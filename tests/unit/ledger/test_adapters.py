"""How a Lambda reaches the table, and how whoever has an SDK does."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ledger.aws import dynamodb
from ledger.dynamodb import ConditionFailedError, DynamoDb
from ledger.rows import LedgerError
from ledger.sdk import SdkCalls
from transport import Deadline

DEADLINE = Deadline(10, lambda: 0)


class Client:
    """An SDK client that answers, or fails, as it is told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def _answer(self, operation: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, payload))
        if self.failure is not None:
            raise self.failure
        return {"ResponseMetadata": {}}

    def batch_get_item(self, **payload: Any) -> dict[str, Any]:
        return self._answer("batch_get_item", payload)

    def update_item(self, **payload: Any) -> dict[str, Any]:
        return self._answer("update_item", payload)


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "text"}}, "UpdateItem")


def test_the_sdk_calls_by_its_own_names() -> None:
    """Operations keep their payload."""
    client = Client()
    calls = SdkCalls(client)
    assert calls("BatchGetItem", {"RequestItems": {}}, DEADLINE) == {"ResponseMetadata": {}}
    calls("UpdateItem", {"TableName": "t"}, DEADLINE)
    assert client.asked == [
        ("batch_get_item", {"RequestItems": {}}),
        ("update_item", {"TableName": "t"}),
    ]


def test_the_sdks_failed_condition_is_told_apart() -> None:
    """It is the one refusal that says something about the row."""
    with pytest.raises(ConditionFailedError):
        SdkCalls(Client(failed("ConditionalCheckFailedException")))("UpdateItem", {}, DEADLINE)


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (failed("ThrottlingException"), "ThrottlingException"),
        (failed(""), ""),
        (ClientError({}, "UpdateItem"), ""),
        (EndpointConnectionError(endpoint_url="https://x"), "EndpointConnectionError"),
    ],
)
def test_the_sdks_other_errors_are_outages(failure: Exception, text: str) -> None:
    """Refused or unreachable, the error names a code and quotes nothing."""
    with pytest.raises(LedgerError) as caught:
        SdkCalls(Client(failure))("UpdateItem", {}, DEADLINE)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("region", "local", "url"),
    [
        ("eu-west-1", None, "https://dynamodb.eu-west-1.amazonaws.com/"),
        ("cn-north-1", None, "https://dynamodb.cn-north-1.amazonaws.com.cn/"),
        ("eu-west-1", "http://localhost:5000", "http://localhost:5000/"),
    ],
)
def test_the_table_is_in_the_lambdas_own_region(region: str, local: str | None, url: str) -> None:
    """The address follows from the Region, unless it is one of this machine."""
    calls = dynamodb(
        {"AWS_REGION": region},
        local_endpoint=local,
        timeout_ms=300,
        clock=lambda: 0,
        monotonic=lambda: 0,
    )
    assert isinstance(calls, DynamoDb)
    assert calls._url == url
