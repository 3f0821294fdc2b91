"""What a far side does instead of answering well. Every text of its own carries ``TELLTALE``."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.far_side import Mood, Turn
from tests.faults.sockets import FROM_AWS, http

#: In whatever a far side says that it should not have said; found in an output, it is a leak.
TELLTALE = "a-far-sides-own-words"

_DRIBBLE_SECONDS = 0.02


def saying(*parts: bytes, stays: bool = True) -> Mood:
    """Send these bytes, then keep the connection or close it."""

    def behave(turn: Turn) -> bool:
        for part in parts:
            turn.connection.sendall(part)
        return stays

    return behave


def answering(body: bytes, status: str = "200 OK", *, fields: str = "", more: int = 0) -> Mood:
    """Send an answer of HTTP's."""
    return saying(http(body, status, more=more, fields=fields))


def saying_json(document: Any, status: str = "200 OK") -> Mood:
    """Send a JSON document."""
    return answering(json.dumps(document).encode(), status)


def failing(code: str, message: str = TELLTALE, status: str = "400 Bad Request") -> Mood:
    """Refuse as AWS's services with JSON protocols do."""
    return saying_json({"__type": code, "message": message}, status)


def changing(change: Callable[[bytes], bytes], *, stays: bool = False) -> Mood:
    """Answer with the right bytes, changed; then keep the connection or close it."""

    def behave(turn: Turn) -> bool:
        status, body = turn.good
        turn.connection.sendall(change(http(body, status, fields=FROM_AWS)))
        return stays

    return behave


def changing_body(change: Callable[[bytes], bytes], fields: str = "") -> Mood:
    """Answer with the right body, changed, in a right answer."""

    def behave(turn: Turn) -> bool:
        status, body = turn.good
        turn.connection.sendall(http(change(body), status, fields=FROM_AWS + fields))
        return True

    return behave


def only_for(operation: str, mood: Mood) -> Mood:
    """Be like that to one operation, and answer all others well."""

    def behave(turn: Turn) -> bool:
        if turn.request.fields.get("x-amz-target", "").endswith(f".{operation}"):
            return mood(turn)
        turn.send_good()
        return True

    return behave


def every_other_time(mood: Mood) -> Mood:
    """Be like that to every other request, beginning with the first."""

    def behave(turn: Turn) -> bool:
        if turn.number % 2:
            return mood(turn)
        turn.send_good()
        return True

    return behave


def _until_the_client_leaves(turn: Turn) -> bool:
    while turn.connection.recv(65536):
        pass
    return False


def silent(turn: Turn) -> bool:
    """Say nothing until the client gives up."""
    return _until_the_client_leaves(turn)


def silent_in_mid_body(turn: Turn) -> bool:
    """Send half of the right answer, and then nothing."""
    status, body = turn.good
    answer = http(body, status, fields=FROM_AWS)
    turn.connection.sendall(answer[: -len(body) // 2])
    return _until_the_client_leaves(turn)


def _dribble(turn: Turn, parts: Iterator[bytes]) -> bool:
    for part in parts:
        turn.connection.sendall(part)
        if turn.closing.wait(_DRIBBLE_SECONDS):
            break
    return False


def dribbling(turn: Turn) -> bool:
    """Send one byte after another of an answer that would be right in a minute."""
    status, body = turn.good
    answer = http(body + b" " * 3000, status, fields=FROM_AWS)
    return _dribble(turn, (bytes([byte]) for byte in answer))


def hesitating(turn: Turn) -> bool:
    """Announce again and again that an answer is about to come."""
    return _dribble(turn, itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"))


def resetting(turn: Turn) -> bool:
    """Reset the connection without an answer."""
    # A linger time of zero makes close send a reset.
    turn.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    return False


def resetting_in_mid_answer(turn: Turn) -> bool:
    """Send half of the right answer, then reset the connection."""
    status, body = turn.good
    turn.connection.sendall(http(body, status, fields=FROM_AWS)[:-1])
    return resetting(turn)


def half_closing(turn: Turn) -> bool:
    """Close one's own direction without an answer, and go on listening."""
    turn.connection.shutdown(socket.SHUT_WR)
    return _until_the_client_leaves(turn)


def head(fields: str) -> bytes:
    """The head of a good answer with these fields."""
    return f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode()


def chunks(body: bytes, *, size: int = 7, extension: bytes = b"") -> bytes:
    """A chunked body without its end (RFC 9112, section 7.1)."""
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x%s\r\n%s\r\n" % (len(p), extension, p) for p in pieces)


def chunked(
    *, extension: bytes = b"", trailer: bytes = b"", end: bytes = b"0\r\n", fields: str = ""
) -> Mood:
    """Answer rightly in chunks."""

    def behave(turn: Turn) -> bool:
        body = chunks(turn.good[1], extension=extension)
        answer = head(f"{FROM_AWS}{fields}Transfer-Encoding: chunked") + body + end + trailer
        turn.connection.sendall(answer + (b"\r\n" if end else b""))
        return bool(end)

    return behave


def ending_with_the_connection(turn: Turn) -> bool:
    """Answer rightly without a length: the connection's end is the answer's."""
    turn.connection.sendall(head(f"{FROM_AWS}Connection: close") + turn.good[1])
    return False
