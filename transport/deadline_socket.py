"""Sockets whose operations, all together, end at one deadline."""

from __future__ import annotations

import io
import socket
from typing import Any

from transport.port import Deadline


def dial(host: str, port: int, ends: Deadline) -> socket.socket:
    """Connect to the first address of ``host`` that answers, all tries within one deadline."""
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        remaining = ends.remaining_seconds()
        if remaining <= 0:
            raise TimeoutError
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(remaining)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(max(ends.remaining_seconds(), 0.001))
            return sock
    raise failure


class DeadlineSocket:
    """The part of a socket that ``http.client`` uses, with one deadline over all operations.

    A socket's own time-out starts again with every byte that arrives; this one does not.
    """

    def __init__(self, sock: socket.socket, ends: Deadline) -> None:
        self._sock = sock
        self._readers = 0
        self._is_closed = False
        self.ends = ends

    def _arm(self) -> socket.socket:
        remaining = self.ends.remaining_seconds()
        if remaining <= 0:
            raise TimeoutError
        self._sock.settimeout(remaining)
        return self._sock

    def sendall(self, data: Any) -> None:
        """Send all of ``data``, or raise TimeoutError at the deadline."""
        self._arm().sendall(data)

    def recv_into(self, buffer: Any) -> int:
        """Read what there is, or raise TimeoutError at the deadline."""
        return self._arm().recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """A buffered reader of this socket, whose every read ends at the deadline too."""
        self._readers += 1
        return io.BufferedReader(_SocketReader(self))

    def reader_closed(self) -> None:
        """Note that a reader is done with the socket."""
        self._readers -= 1
        self._close_if_unused()

    def close(self) -> None:
        """Close it when its last reader is done, as a real socket does: ``http.client`` closes
        it first and reads the rest afterwards, where the connection's end is the answer's.
        """
        self._is_closed = True
        self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._is_closed and self._readers <= 0:
            self._sock.close()


class _SocketReader(io.RawIOBase):
    def __init__(self, sock: DeadlineSocket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        super().close()
        self._sock.reader_closed()
