"""The fake table, moto's by the SDK, and moto's by our own protocol: one suite, three adapters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.server import ThreadedMotoServer

from ledger.aws import dynamodb
from ledger.dynamodb import Calls, ConditionFailedError
from ledger.judgement import THROTTLE_MS, MarkReason
from ledger.reader import Reader
from ledger.rows import KEY, Item, LedgerError, Member, Rank, UserRow, pool_name, user_name
from ledger.sdk import SdkCalls
from ledger.writer import LEASE_MS, Writer
from tests.dynamodb import TABLE, FakeDynamoDb
from transport import Deadline

SESSION = "session#i#u#s"
USER = user_name("i", "u")
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def make_table(endpoint_url: str | None = None) -> Any:
    """The ledger's table at moto, and a client for it."""
    client: Any = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url=endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """moto's server, for the whole module."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["fake", "sdk", "own protocol"])
def calls(request: pytest.FixtureRequest, server: str) -> Iterator[Calls]:
    """Each adapter in turn, on an empty table."""
    if request.param == "fake":
        yield FakeDynamoDb()
    elif request.param == "sdk":
        with mock_aws():
            yield SdkCalls(make_table())
    else:
        client = make_table(server)
        yield dynamodb(
            KEYS | {"AWS_REGION": "eu-west-1"},
            local_endpoint=server,
            timeout_ms=5000,
            clock=time.time,
            monotonic=time.monotonic,
        )
        client.delete_table(TableName=TABLE)


@dataclass
class Side:
    """A reader and a writer of one table."""

    calls: Calls

    @property
    def deadline(self) -> Deadline:
        return Deadline.after(10, time.monotonic)

    @property
    def writer(self) -> Writer:
        return Writer(TABLE, self.calls)

    def read(self, *names: str) -> list[Item]:
        return list(Reader(TABLE, self.calls).read(names, self.deadline).values())


@pytest.fixture
def side(calls: Calls) -> Side:
    """Each side in turn."""
    return Side(calls)


def n(number: int) -> dict[str, str]:
    return {"N": str(number)}


def test_what_is_not_there_reads_empty(side: Side) -> None:
    """Of several names, those without a row come back empty and the others whole."""
    side.writer.end_everyone_before("i", 5, side.deadline)
    pool = pool_name("i")
    assert side.read("nothing", pool) == [{}, {KEY: {"S": pool}, "not_before": n(5)}]


def test_watermarks_rise(side: Side) -> None:
    """The greatest stays, also across a number of digits."""
    for moment in (9, 10, 100, 99):
        side.writer.end_everyone_before("i", moment, side.deadline)
        side.writer.end_client_before("i", "c", moment, side.deadline)
        side.writer.end_user_before("i", "u", moment, side.deadline)
    rows = side.read("pool#i", "client#i#c", USER)
    assert [row["not_before"] for row in rows] == [n(100)] * 3


def test_marks_on_issuing(side: Side) -> None:
    """A later mark takes the place of an earlier one, not the other way round; both void."""
    for moment, reason in ((9, MarkReason.USER_DISABLED), (5, MarkReason.SESSION_REVOKED)):
        side.writer.end_tokens_issued_before("i", "u", moment, reason, side.deadline)
    assert side.read(USER) == [
        {
            KEY: {"S": USER},
            "issued_not_before": n(9),
            "issued_reason": {"S": "user_disabled"},
            "generation": n(2),
        }
    ]


def test_tightening(side: Side) -> None:
    """It is set, set again, and removed; removing what isn't there does no harm."""
    pool = pool_name("i")
    side.writer.tighten_verdicts("i", None, side.deadline)
    side.writer.tighten_verdicts("i", 30, side.deadline)
    side.writer.tighten_verdicts("i", 0, side.deadline)
    assert side.read(pool) == [{KEY: {"S": pool}, "verdict_ttl_seconds": n(0)}]
    side.writer.tighten_verdicts("i", None, side.deadline)
    assert side.read(pool) == [{KEY: {"S": pool}}]


def test_a_session_ends_once(side: Side) -> None:
    """The first reason stays, and no verdict or lease is written beside it."""
    for reason in (MarkReason.USER_DISABLED, MarkReason.SESSION_REVOKED):
        side.writer.end_session(SESSION, reason, now=5, forget_at=90, deadline=side.deadline)
    assert not keep_verdict(side, 2_000)
    assert not side.writer.take_lease(
        SESSION, now_ms=1, known_ms=0, forget_at=9, deadline=side.deadline
    )
    assert side.read(SESSION) == [
        {
            KEY: {"S": SESSION},
            "revoked_at": n(5),
            "reason": {"S": "user_disabled"},
            "ttl": n(90),
        }
    ]


def keep_verdict(side: Side, at_ms: int) -> bool:
    return side.writer.keep_verdict(
        SESSION, checked_at_ms=at_ms, generation=3, forget_at=80, deadline=side.deadline
    )


def test_leases_and_verdicts(side: Side) -> None:
    """A lease is one's own until it lapses or the verdict comes; the later verdict stays."""

    def lease(now_ms: int, known_ms: int = 0) -> bool:
        return side.writer.take_lease(
            SESSION, now_ms=now_ms, known_ms=known_ms, forget_at=70, deadline=side.deadline
        )

    assert [lease(1_000), lease(999 + LEASE_MS), lease(1_000 + LEASE_MS)] == [True, False, True]
    assert [keep_verdict(side, 9_000), keep_verdict(side, 9_000)] == [True, False]
    assert [keep_verdict(side, 8_999), keep_verdict(side, 10_000)] == [False, True]
    assert side.read(SESSION) == [
        {
            KEY: {"S": SESSION},
            "checked_at_ms": n(10_000),
            "checked_generation": n(3),
            "ttl": n(80),
        }
    ]
    assert [lease(10_001, 9_999), lease(10_001, 10_000)] == [False, True]
    assert not lease(10_002, 10_000)
    side.writer.drop_lease(SESSION, taken_at_ms=10_001, deadline=side.deadline)
    assert "asking_until_ms" not in side.read(SESSION)[0]
    assert lease(10_003, 10_000)
    side.writer.drop_lease(
        SESSION, taken_at_ms=10_003, throttled_at_ms=10_004, deadline=side.deadline
    )
    assert side.read(SESSION)[0]["throttled_at_ms"] == n(10_004)
    assert "asking_until_ms" not in side.read(SESSION)[0]
    past, future = 10_004 - THROTTLE_MS, 10_004 + THROTTLE_MS
    assert not lease(future - 1, 10_000)
    assert not lease(past + 1, 10_000)
    assert lease(future, 10_000)
    assert keep_verdict(side, 12_000)
    assert side.read(SESSION)[0].keys().isdisjoint({"asking_until_ms", "throttled_at_ms"})
    assert lease(12_001, 12_000)
    side.writer.drop_lease(SESSION, taken_at_ms=12_001, voids_verdict=True, deadline=side.deadline)
    assert side.read(SESSION)[0].keys() == {KEY, "ttl"}


def test_rosters(side: Side) -> None:
    """A roster comes back as it was written, and only the next version goes over it."""
    written = UserRow(
        sessions={
            "s.1-#": Member(1, "client", 2, 3, ""),
            "ünï": Member(4, "client", 5, 6, "browser"),
        },
        floor=Rank(7, ""),
    )
    assert side.writer.keep_roster(USER, written, now=1, deadline=side.deadline)
    assert not side.writer.keep_roster(USER, written, now=1, deadline=side.deadline)
    read = UserRow.read(side.read(USER)[0])
    assert (read.sessions, read.floor, read.version) == (written.sessions, written.floor, 1)
    side.writer.end_user_before("i", "u", 9, side.deadline)
    assert side.writer.keep_roster(USER, UserRow(version=1), now=1, deadline=side.deadline)
    assert UserRow.read(side.read(USER)[0]) == UserRow(not_before=9, version=2)


def update(side: Side, **changes: Any) -> None:
    payload: dict[str, Any] = {
        "TableName": TABLE,
        "Key": {KEY: {"S": "row"}},
        "UpdateExpression": "SET #a = :one",
        "ExpressionAttributeNames": {"#a": "a"},
        "ExpressionAttributeValues": {":one": n(1)},
    }
    side.calls("UpdateItem", payload | changes, side.deadline)


def test_a_condition_that_fails_is_told_apart(side: Side) -> None:
    """It raises an error of its own, and nothing is written."""
    with pytest.raises(ConditionFailedError):
        update(side, ConditionExpression="#a = :one")
    assert side.read("row") == [{}]


@pytest.mark.parametrize(
    "changes",
    [
        {"TableName": "another"},
        {"Key": {KEY: {"S": "x" * 2049}}},
        {"UpdateExpression": "SET #b = :one"},
        {"UpdateExpression": "SET #a = :two"},
        {"ExpressionAttributeValues": {":one": n(1), ":two": n(2)}},
    ],
)
def test_what_dynamodb_refuses_is_an_outage(side: Side, changes: dict[str, Any]) -> None:
    """No other refusal is taken for a condition that failed. A key of 2,048 bytes just fits."""
    update(side, Key={KEY: {"S": "x" * 2048}})
    with pytest.raises(LedgerError):
        update(side, **changes)
