"""What one exchange may cost: bytes are counted, and whatever fails closes its connection."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.exchange import send, transport
from tests.faults.far_side import FarSide
from tests.faults.sockets import Behaviour, read_request, serve
from transport import TransportError

_MEGABYTE = b"x" * 1_000_000


@pytest.fixture
def side() -> Iterator[FarSide]:
    """A far side that is well."""
    made = FarSide(lambda _: ("200 OK", b"ok"))
    yield made
    made.close()


def flooding(head: bytes, piece: bytes, sent: list[int]) -> Behaviour:
    """Send these for ever, and count the pieces."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            sent.append(len(piece))

    return behave


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", _MEGABYTE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 100_000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 40_000),
    ],
    ids=["a chunk below zero", "chunks", "interim answers"],
)
def test_a_flood_is_bounded_like_any_body(head: bytes, piece: bytes) -> None:
    """However an answer is framed, no more of it is read than a small multiple of its limit."""
    sent: list[int] = []
    with serve(flooding(head, piece, sent)) as url, pytest.raises(TransportError) as caught:
        send(transport(read_timeout_ms=5000), url, seconds=5)
    assert str(caught.value) == "answer too long"
    # What the sockets' buffers take, nobody has kept.
    assert sum(sent) < 20_000_000


def test_running_out_of_memory_closes_the_connection(
    side: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised in the middle of an exchange, its connection is closed at once."""

    def read(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(http.client.HTTPResponse, "read", read)
    with pytest.raises(MemoryError) as held:
        send(transport(), side.url)
    # The error still holds every frame, as a log's handler would.
    assert held.traceback
    assert side.is_left()


def test_running_out_of_memory_in_a_handshake_closes_the_connection(side: FarSide) -> None:
    """A connection that was made and not yet used is closed, too."""

    class Heavy(ssl.SSLContext):
        def wrap_socket(self, *_: Any, **__: Any) -> ssl.SSLSocket:
            raise MemoryError

    to = transport(context=Heavy(ssl.PROTOCOL_TLS_CLIENT))
    with pytest.raises(MemoryError) as held:
        send(to, side.url.replace("http:", "https:"))
    assert held.traceback
    assert side.is_left()


def test_running_out_of_memory_while_connecting_closes_the_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No socket is left to the garbage collector."""
    closed: list[bool] = []

    class Heavy:
        def __init__(self, *_: object) -> None:
            pass

        def settimeout(self, _seconds: float) -> None:
            raise MemoryError

        def close(self) -> None:
            closed.append(True)

    def resolve(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "socket", Heavy)
    with pytest.raises(MemoryError):
        send(transport(), "http://cognito.example")
    assert closed == [True]
