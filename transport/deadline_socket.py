"""Sockets whose operations, all together, end at one deadline and read no more than a limit."""

from __future__ import annotations

import io
import select
import socket
import ssl
from typing import Any

from transport.port import Deadline
from transport.resolver import Resolver


class AnswerTooLongError(OSError):
    """More bytes came than anybody wants to keep."""


def dial(host: str, port: int, ends: Deadline, resolver: Resolver) -> socket.socket:
    """Connect to the first address of ``host`` that answers, all of it within one deadline.

    One that keeps silent takes half of what is left, so that the next one has a chance.
    """
    failure: OSError = OSError("no address")
    addresses = resolver.addresses(host, port, ends)
    for number, (family, kind, protocol, _, address) in enumerate(addresses, start=1):
        remaining = ends.remaining_seconds()
        if remaining <= 0:
            raise TimeoutError
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(remaining if number == len(addresses) else remaining / 2)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(max(ends.remaining_seconds(), 0.001))
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failure


class DeadlineSocket:
    """The part of a socket that ``http.client`` uses, with one deadline over all operations.

    A socket's own time-out starts again with every byte that arrives; this one does not. What is
    read is counted, because ``http.client`` limits no body in chunks that claims a size below
    zero, and no number of interim answers.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._readers = 0
        self._is_closed = False
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        self._ends = Deadline(0, lambda: 0)
        self._max_bytes = 0
        self.received = 0
        """Bytes read since the present exchange began."""
        self.has_leftovers = False
        """Whether more has been read than the answers were long."""

    def begin(self, ends: Deadline, max_bytes: int) -> None:
        """Begin an exchange that may last and read that long."""
        self._ends, self._max_bytes, self.received = ends, max_bytes, 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits to be read: no end of the connection, nor what nobody asked for."""
        if self._poll.poll(0):
            return False
        return not (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending())

    def _arm(self) -> socket.socket:
        remaining = self._ends.remaining_seconds()
        if remaining <= 0:
            raise TimeoutError
        self._sock.settimeout(remaining)
        return self._sock

    def sendall(self, data: Any) -> None:
        """Send all of ``data``, or raise TimeoutError at the deadline."""
        self._arm().sendall(data)

    def recv_into(self, buffer: Any) -> int:
        """Read what there is, or raise TimeoutError at the deadline."""
        count = self._arm().recv_into(buffer)
        self.received += count
        if self.received > self._max_bytes:
            raise AnswerTooLongError
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """A buffered reader of this socket, whose every read ends at the deadline too."""
        self._readers += 1
        return _AnswerReader(self)

    def reader_closed(self, *, has_leftovers: bool) -> None:
        """Note that a reader is done with the socket."""
        self.has_leftovers |= has_leftovers
        self._readers -= 1
        self._close_if_unused()

    def close(self) -> None:
        """Close it when its last reader is done, as a real socket does: ``http.client`` closes
        it first and reads the rest afterwards, where the connection's end is the answer's.
        """
        self._is_closed = True
        self._close_if_unused()

    def abandon(self) -> None:
        """Close it now, whoever still reads."""
        self._sock.close()

    def _close_if_unused(self) -> None:
        if self._is_closed and self._readers <= 0:
            self._sock.close()


class _SocketReader(io.RawIOBase):
    def __init__(self, sock: DeadlineSocket) -> None:
        self._sock = sock
        self.is_done = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return 0 if self.is_done else self._sock.recv_into(buffer)


class _AnswerReader(io.BufferedReader):
    """Reads one answer, and tells what of its buffer was not part of it."""

    def __init__(self, sock: DeadlineSocket) -> None:
        self._source = _SocketReader(sock)
        self._socket = sock
        super().__init__(self._source)

    def close(self) -> None:
        if not self.closed:
            # Peeking reads, if the buffer is empty.
            self._source.is_done = True
            has_leftovers = bool(self.peek(1))
            super().close()
            self._socket.reader_closed(has_leftovers=has_leftovers)
