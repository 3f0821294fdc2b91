"""DynamoDB's protocol: what is sent, and what each answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ledger.dynamodb import MAX_ANSWER_BYTES, ConditionFailedError, DynamoDb
from ledger.rows import LedgerError
from tests.tokens import NOW
from transport import Answer, Deadline, TransportError
from transport.aws import lambda_credentials
from transport.sigv4 import Credentials, Signer

DEADLINE = Deadline(10, lambda: 0)
KEYS = Credentials("AKID", "secret", "token")


@dataclass
class Line:
    """A transport with one answer."""

    answer: Answer | TransportError = field(default_factory=lambda: Answer(200, b"{}"))
    sent: list[dict[str, Any]] = field(default_factory=list)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        self.sent.append({"method": method, "url": url, "headers": headers, "body": body})
        assert (max_bytes, deadline) == (MAX_ANSWER_BYTES, DEADLINE)
        if isinstance(self.answer, TransportError):
            raise self.answer
        return self.answer


def ask(line: Line) -> Mapping[str, Any]:
    calls = DynamoDb(
        "eu-west-1",
        "https://dynamodb.eu-west-1.amazonaws.com",
        credentials=lambda: KEYS,
        transport=line,
        clock=lambda: NOW,
    )
    return calls("UpdateItem", {"TableName": "t"}, DEADLINE)


def test_a_call_is_one_signed_post() -> None:
    """The operation stands in the target, the payload in the body, and all of it is signed."""
    line = Line(Answer(200, b'{"Attributes": {}}'))
    assert ask(line) == {"Attributes": {}}
    [sent] = line.sent
    assert (sent["method"], sent["url"]) == ("POST", "https://dynamodb.eu-west-1.amazonaws.com/")
    assert json.loads(sent["body"]) == {"TableName": "t"}
    plain = {
        "Content-Type": "application/x-amz-json-1.0",
        "Host": "dynamodb.eu-west-1.amazonaws.com",
        "X-Amz-Target": "DynamoDB_20120810.UpdateItem",
    }
    assert sent["headers"] == Signer("dynamodb", "eu-west-1").sign(
        plain, sent["body"], KEYS, now=NOW
    )


def refusal(status: int, kind: str) -> Answer:
    return Answer(status, json.dumps({"__type": kind, "message": "whatever"}).encode())


@pytest.mark.parametrize("prefix", ["", "com.amazonaws.dynamodb.v20120810#"])
def test_a_failed_condition_is_told_apart(prefix: str) -> None:
    """It is the one refusal that says something about the row."""
    with pytest.raises(ConditionFailedError):
        ask(Line(refusal(400, f"{prefix}ConditionalCheckFailedException")))


@pytest.mark.parametrize(
    "kind",
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "ResourceNotFoundException",
        "ValidationException",
        "AccessDeniedException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "InternalServerError",
        "TransactionConflictException",
    ],
)
def test_every_other_refusal_is_an_outage(kind: str) -> None:
    """Its code is the error's text, and nothing else of the answer is."""
    with pytest.raises(LedgerError) as caught:
        ask(Line(refusal(400, f"com.amazon.coral.service#{kind}")))
    assert str(caught.value) == kind


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(500, b""), "status 500"),
        (Answer(503, b"<html>busy</html>"), "status 503"),
        (Answer(200, b"<html>welcome</html>"), "status 200"),
        (Answer(200, b"[]"), "status 200"),
        (Answer(200, b"[" * 100_000), "status 200"),
        (Answer(200, b"\xff"), "status 200"),
        (Answer(302, b"{}"), "status 302"),
        (Answer(200, b'{"Message": "welcome"}'), "not an answer to UpdateItem"),
        (Answer(200, b'{"__type": "ThrottlingException"}'), "not an answer to UpdateItem"),
        (Answer(200, b'{"Attributes": {}, "Message": ""}'), "not an answer to UpdateItem"),
        (Answer(400, b'{"__type": null}'), "status 400"),
        (Answer(400, b'{"__type": "two words\\n"}'), "status 400"),
        (Answer(400, b'{"__type": "TheirOwnWords"}'), "status 400"),
        (Answer(500, b'{"__type": "' + b"A" * 5000 + b'"}'), "status 500"),
        (TransportError("timed out"), "timed out"),
    ],
)
def test_what_is_no_answer_of_dynamodbs_is_an_outage(
    answer: Answer | TransportError, text: str
) -> None:
    """Pages, fragments and silence say nothing about a row, whatever their status."""
    with pytest.raises(LedgerError) as caught:
        ask(Line(answer))
    assert str(caught.value) == text


def test_credentials_are_read_at_each_call() -> None:
    """They are those that stand in the environment at that moment, and keep their secrets."""
    environ = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "sesame"}
    read = lambda_credentials(environ)
    assert read() == Credentials("a", "sesame", "")
    environ["AWS_SESSION_TOKEN"] = "session"
    assert read() == Credentials("a", "sesame", "session")
    assert "sesame" not in repr(read())
    assert lambda_credentials({})() == Credentials("", "", "")
