"""The ledger's table on moto's DynamoDB: both ways to it, counters, outages, atomic updates."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pytest

from ledger.aws import dynamodb
from ledger.dynamodb import Calls, DynamoDb
from ledger.judgement import MarkReason
from ledger.reader import Reader
from ledger.rows import LedgerError, PoolRow, pool_name
from ledger.writer import Writer
from local.clock import MovableClock
from local.cognito import LocalCognito
from local.cognito.layer import moto_application
from local.dynamodb import EVERYTHING, DynamoDbLayer
from local.ledger import LedgerTable, write_deadline

REGION = "eu-west-1"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool"
NAMES = ["session#1", "session#2", "session#3"]


@dataclass
class TableBench:
    layer: DynamoDbLayer
    table: LedgerTable
    endpoint: str
    clock: MovableClock

    def calls(self) -> DynamoDb:
        """What a Lambda calls the table by."""
        return dynamodb(
            self.table.environ,
            local_endpoint=self.endpoint,
            timeout_ms=5000,
            clock=self.clock,
            monotonic=time.monotonic,
        )

    def reader(self) -> Reader:
        return Reader(self.table.name, self.calls())

    def writer(self, calls: Calls | None = None) -> Writer:
        return Writer(self.table.name, calls or self.calls())


@pytest.fixture
def bench() -> Iterator[TableBench]:
    with ExitStack() as started:
        layer, clock = DynamoDbLayer(moto_application()), MovableClock()
        cognito = started.enter_context(LocalCognito(clock, behind=layer))
        table = started.enter_context(closing(LedgerTable(cognito.url, REGION)))
        yield TableBench(layer, table, cognito.url, clock)


def test_what_the_operator_writes_a_lambda_reads(bench: TableBench) -> None:
    """The SDK's way and the signed one lead to the same table."""
    bench.table.operator.tighten_verdicts(ISSUER, 7, write_deadline())
    items = bench.reader().read([pool_name(ISSUER)], write_deadline())
    assert PoolRow.read(items[pool_name(ISSUER)]).verdict_ttl_seconds == 7


def test_what_a_lambda_writes_stands_in_the_table(bench: TableBench) -> None:
    """A mark can be looked at as it stands; a row that does not exist is empty."""
    bench.writer().end_everyone_before(ISSUER, 1000, write_deadline())
    assert bench.table.item(pool_name(ISSUER))["not_before"] == {"N": "1000"}
    assert bench.table.item("pool#other") == {}


def test_two_tables_are_apart(bench: TableBench) -> None:
    """Two stacks in one process do not see each other's marks."""
    bench.table.operator.end_everyone_before(ISSUER, 1000, write_deadline())
    with closing(LedgerTable(bench.endpoint, REGION)) as other:
        assert other.item(pool_name(ISSUER)) == {}


def test_requests_are_counted_by_operation(bench: TableBench) -> None:
    """Each operation has its counter, refused requests included."""
    bench.layer.down = {"UpdateItem"}
    with pytest.raises(LedgerError):
        bench.writer().end_everyone_before(ISSUER, 1, write_deadline())
    bench.reader().read(NAMES, write_deadline())
    bench.reader().read(NAMES, write_deadline())
    assert bench.layer.calls["BatchGetItem"] == 2
    assert bench.layer.calls["UpdateItem"] == 1


@pytest.mark.parametrize(
    ("knob", "code"),
    [("down", "InternalServerError"), ("throttled", "ProvisionedThroughputExceededException")],
)
@pytest.mark.parametrize("operation", ["UpdateItem", EVERYTHING])
def test_outages_have_dynamodbs_names(
    bench: TableBench, knob: str, code: str, operation: str
) -> None:
    """By either way, what is down or throttled fails with the code that AWS has for it."""
    setattr(bench.layer, knob, {operation})
    for writer in (bench.writer(), bench.table.operator):
        with pytest.raises(LedgerError, match=code):
            writer.end_everyone_before(ISSUER, 1, write_deadline())
    setattr(bench.layer, knob, set())
    bench.writer().end_everyone_before(ISSUER, 1, write_deadline())


def test_a_partial_answer(bench: TableBench) -> None:
    """The first key is read, the others come back unprocessed; a single key is never partial."""
    payload = {"RequestItems": {bench.table.name: {"Keys": [{"pk": {"S": n}} for n in NAMES]}}}
    bench.writer().end_session(
        NAMES[0], MarkReason.SESSION_REVOKED, now=5, deadline=write_deadline()
    )
    bench.layer.is_partial = True
    answer = bench.calls()("BatchGetItem", payload, write_deadline())
    assert [item["pk"]["S"] for item in answer["Responses"][bench.table.name]] == NAMES[:1]
    held_back = answer["UnprocessedKeys"][bench.table.name]["Keys"]
    assert [key["pk"]["S"] for key in held_back] == NAMES[1:]
    with pytest.raises(LedgerError, match="partial"):
        bench.reader().read(NAMES, write_deadline())
    assert bench.reader().read(NAMES[:1], write_deadline())[NAMES[0]]["revoked_at"] == {"N": "5"}


def test_of_parallel_conditional_writes_one_wins(bench: TableBench) -> None:
    """A condition is judged and the row written in one step: a lease has one holder."""

    def take(number: int) -> bool:
        return bench.writer().take_lease(
            f"session#{number // 10}",
            now_ms=1000,
            known_ms=0,
            forget_at=9,
            deadline=write_deadline(),
        )

    with ThreadPoolExecutor(10) as pool:
        taken = list(pool.map(take, range(50)))
    assert [sum(taken[start : start + 10]) for start in range(0, 50, 10)] == [1] * 5
