"""The ledger's calls over real sockets that behave badly. Loopback only, nothing sleeps."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.dynamodb import ConditionFailedError, DynamoDb
from ledger.reader import Reader
from ledger.rows import LedgerError
from ledger.writer import Writer
from tests.dynamodb import TABLE
from tests.faults.sockets import answer_with, http, read_request, serve, stay_silent
from tests.tokens import NOW
from transport import Deadline
from transport.https import HttpsTransport
from transport.sigv4 import Credentials


def close_at_once(connection: socket.socket) -> None:
    """Read the request, say nothing, and go."""
    read_request(connection)


Connect = Callable[..., DynamoDb]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes the ledger's calls to an address, and closes what they leave open."""
    opened: list[HttpsTransport] = []

    def to(url: str, *, timeout_ms: int = 2000) -> DynamoDb:
        transport = HttpsTransport(
            connect_timeout_ms=timeout_ms, read_timeout_ms=timeout_ms, clock=time.monotonic
        )
        opened.append(transport)
        return DynamoDb(
            "eu-west-1",
            url,
            credentials=lambda: Credentials("AKID", "secret"),
            transport=transport,
            clock=lambda: NOW,
        )

    yield to
    for transport in opened:
        transport.close()


def deadline(seconds: float = 5) -> Deadline:
    return Deadline.after(seconds, time.monotonic)


@pytest.mark.parametrize(
    "behaviour",
    [
        close_at_once,
        answer_with(http(b'{"Responses": {"sessions": []}}', more=1)),
        answer_with(http(b'{"Responses": {"sessions"')),
        answer_with(http(b"<html>Welcome to the hotel</html>")),
        answer_with(http(b"", "503 Service Unavailable")),
        answer_with(http(b"{}", "200 OK")),
        answer_with(http(b'{"Responses": {"sessions": []}}', "302 Found")),
        answer_with(http(b" " * 1_048_577)),
        answer_with(b"SSH-2.0-OpenSSH\r\n"),
    ],
)
def test_no_answer_is_ever_no_mark(
    connect: Connect, behaviour: Callable[[socket.socket], Any]
) -> None:
    """Whatever goes wrong on the way, rows count as not read."""
    with serve(behaviour) as url, pytest.raises(LedgerError):
        Reader(TABLE, connect(url)).read(["user#"], deadline())


def test_nobody_at_home_is_an_outage(connect: Connect) -> None:
    """A refused connection says nothing about a row."""
    with serve() as url:
        pass
    with pytest.raises(LedgerError, match="could not connect"):
        Reader(TABLE, connect(url)).read(["user#"], deadline())


@pytest.mark.parametrize(("timeout_ms", "seconds"), [(50, 5.0), (2000, 0.1)])
def test_silence_ends_with_the_time_out_or_the_deadline(
    connect: Connect, timeout_ms: int, seconds: float
) -> None:
    """Whichever comes first; a decision does not wait for a ledger that hangs."""
    with serve(stay_silent) as url:
        started = time.monotonic()
        with pytest.raises(LedgerError, match="timed out"):
            Reader(TABLE, connect(url, timeout_ms=timeout_ms)).read(["user#"], deadline(seconds))
        assert time.monotonic() - started < 1


def test_a_connection_is_kept_for_the_next_call(connect: Connect) -> None:
    """Two reads go over one connection: a server that takes but one can answer both."""
    with serve(answer_with(*[http(b'{"Responses": {"sessions": []}}')] * 2)) as url:
        reader = Reader(TABLE, connect(url))
        assert [reader.read(["a"], deadline()) for _ in range(2)] == [{"a": {}}] * 2


def test_a_conditional_write_whose_answer_got_lost_is_not_taken_for_won(connect: Connect) -> None:
    """Sent again on a new connection, it finds its own first try, and says so: not written now."""
    refused = http(b'{"__type": "x#ConditionalCheckFailedException"}', "400 Bad Request")

    def lose_the_second(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(http(b"{}"))
        read_request(connection)

    with serve(lose_the_second, answer_with(refused)) as url:
        writer = Writer(TABLE, connect(url))
        writer.void_verdicts("i", "u", deadline())
        is_ours = writer.take_lease("s", now_ms=1, known_ms=0, forget_at=9, deadline=deadline())
    assert is_ours is False


def test_a_failed_condition_survives_the_way(connect: Connect) -> None:
    """DynamoDB's own refusal is told apart from all else."""
    body = b'{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}'
    with (
        serve(answer_with(http(body, "400 Bad Request"))) as url,
        pytest.raises(ConditionFailedError),
    ):
        connect(url)("UpdateItem", {}, deadline())
