"""A server on loopback whose mood can be changed between requests.

It answers over connections kept alive, one thread each, as its mood says. Nothing sleeps: a
mood that keeps silent waits for the client to leave, and one that dribbles for the server's end.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from tests.faults.sockets import FROM_AWS, http, read_request

#: How long anything that should happen at once may take on a busy machine.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    target: str
    fields: Mapping[str, str]
    body: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Request:
        """Read the bytes of a request."""
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        return cls(first.split(" ")[1], fields, body)


Answers = Callable[[Request], tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Turn:
    """One request that is to be answered, or not."""

    connection: socket.socket
    request: Request
    answers: Answers
    closing: threading.Event
    number: int
    """Which of the requests since the mood was set it is, from 1."""

    @property
    def good(self) -> tuple[str, bytes]:
        """Status line and body of the right answer. What was asked for is done by that."""
        return self.answers(self.request)

    def send_good(self) -> None:
        """Answer as one should."""
        status, body = self.good
        self.connection.sendall(http(body, status, fields=FROM_AWS))


#: Does what it likes with a turn, and says whether the connection may be used again.
Mood = Callable[[Turn], bool]


class Parting(StrEnum):
    """How a server lets go of a connection that is idle."""

    CLOSED = "closed"
    RESET = "reset"
    HALF_CLOSED = "half-closed"
    FORGOTTEN = "forgotten"
    """Without a word: what is sent on it reaches nobody."""


def good(turn: Turn) -> bool:
    """Answer as one should."""
    turn.send_good()
    return True


class FarSide:
    """One component that is asked over the network."""

    def __init__(
        self,
        answers: Answers,
        context: ssl.SSLContext | None = None,
        *,
        greets: Callable[[socket.socket], object] | None = None,
    ) -> None:
        """
        Args:
            answers: the right answer to a request, as status line and body.
            context: for speaking TLS.
            greets: does something with each connection in place of all else.
        """
        self._answers = answers
        self._context = context
        self._greets = greets
        self._mood: Mood = good
        self._asked_in_mood = 0
        self.asked = 0
        self.accepted = 0
        self._closing = threading.Event()
        self._changed = threading.Condition()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._forgotten: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def url(self) -> str:
        """Where it is."""
        port = self._listener.getsockname()[1]
        return f"http://127.0.0.1:{port}" if self._context is None else f"https://localhost:{port}"

    def be(self, mood: Mood) -> None:
        """Treat every request from now on like that."""
        self._mood, self._asked_in_mood = mood, 0

    def part(self, how: Parting) -> None:
        """Let go of every connection there is."""
        for connection in list(self._open):
            if how is Parting.FORGOTTEN:
                self._forgotten.add(connection)
                continue
            if how is Parting.RESET:
                # A linger time of zero makes close send a reset.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            direction = {
                Parting.CLOSED: socket.SHUT_RDWR,
                Parting.RESET: socket.SHUT_RD,
                Parting.HALF_CLOSED: socket.SHUT_WR,
            }[how]
            connection.shutdown(direction)
        if how in (Parting.CLOSED, Parting.RESET):
            assert self.is_left()

    def is_left(self) -> bool:
        """Whether the last connection ends, which it does as soon as the client closes it."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, PATIENCE_SECONDS)

    def has_at_most(self, connections: int, within_seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether no more than so many connections stay open."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._open) <= connections, within_seconds)

    def wait(self, seconds: float) -> None:
        """Let it speak for so long, or until its end."""
        self._closing.wait(seconds)

    def close(self) -> None:
        """End. No thread is left."""
        self._closing.set()
        # Closing alone does not wake a thread that waits in accept.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(PATIENCE_SECONDS)
        for connection, thread in list(self._open.items()):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE_SECONDS)
        assert not self._open

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._attend, args=(connection,), daemon=True)
            with self._changed:
                self.accepted += 1
                self._open[connection] = thread
            thread.start()

    def _attend(self, connection: socket.socket) -> None:
        try:
            with suppress(OSError):
                self._converse(connection)
        finally:
            connection.close()
            with self._changed:
                self._open.pop(connection)
                self._forgotten.discard(connection)
                self._changed.notify_all()

    def _converse(self, raw: socket.socket) -> None:
        if self._greets is not None:
            self._greets(raw)
        elif self._context is None:
            self._take_turns(raw, raw)
        else:
            with self._context.wrap_socket(raw.dup(), server_side=True) as secured:
                self._take_turns(raw, secured)

    def _take_turns(self, raw: socket.socket, connection: socket.socket) -> None:
        lives_on = True
        while lives_on:
            received = read_request(connection)
            if not received:
                return
            if raw in self._forgotten:
                lives_on = bool(connection.recv(1))
                continue
            self.asked += 1
            self._asked_in_mood += 1
            request = Request.parse(received)
            lives_on = self._mood(
                Turn(
                    connection,
                    request,
                    self._answers,
                    self._closing,
                    self._asked_in_mood,
                )
            )
