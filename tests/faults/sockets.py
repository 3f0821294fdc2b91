"""Servers of one scripted connection after another, for tests of a single exchange."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

Behaviour = Callable[[socket.socket], Any]

#: The field by which an answer shows to come from a service of AWS's.
FROM_AWS = "x-amzn-RequestId: 9HFMQALSTTQ5Q1Q5869LNU7IFF\r\n"

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def read_request(connection: socket.socket) -> bytes:
    """Read one whole request; empty if the client has gone."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    ]
    while lengths and len(body) < lengths[0]:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        body += chunk
    return head + b"\r\n\r\n" + body


@contextmanager
def serve(*behaviours: Behaviour) -> Iterator[str]:
    """A server whose n-th connection behaves as the n-th behaviour says."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def run() -> None:
        for behaviour in behaviours:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                behaviour(connection)
        closing.wait()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        closing.set()
        # Closing alone does not wake a thread that waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        assert not thread.is_alive()


def answer_with(*answers: bytes) -> Behaviour:
    """Answer one request after another on one connection, then close it."""

    def behave(connection: socket.socket) -> None:
        for answer in answers:
            if not read_request(connection):
                return
            connection.sendall(answer)

    return behave


def stay_silent(connection: socket.socket) -> None:
    """Read the request and say nothing until the client gives up."""
    read_request(connection)
    connection.recv(1)


def http(body: bytes, status: str = "200 OK", *, more: int = 0, fields: str = "") -> bytes:
    """An answer that announces ``more`` bytes than it has, with further header lines."""
    head = f"HTTP/1.1 {status}\r\n{fields}Content-Length: {len(body) + more}\r\n\r\n"
    return head.encode() + body
