"""The one way out to the network: short HTTPS requests over connections kept alive.

Plain ``http.client``, because ``GetUser`` and the key set need no signature and a cold start
should not pay for an SDK (``docs/decisions/0001-getuser-over-plain-https.md`` has the
numbers). No redirect is followed, no proxy is read from the environment, no body longer than
the caller's limit is kept, and a whole exchange ends at its deadline even if the other side
sends one byte at a time.

An answer belongs to one request. Whatever makes that doubtful costs the connection: bytes that
nobody asked for, interim answers, bodies where none may be.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from transport.deadline_socket import AnswerTooLongError, DeadlineSocket, dial
from transport.port import Answer, Deadline, MonotonicClock, TransportError
from transport.resolver import Resolver

#: A connection that was idle for longer is not trusted: whatever stands between may have dropped
#: it silently while the sandbox was frozen, and finding out would cost a read time-out.
_IDLE_LIMIT_SECONDS = 20.0

#: What status line, header fields and the frames of chunks may add to a body.
_HEAD_BYTES = 131_072

#: The other side has gone. Inside TLS a connection that was closed says so when it is written to.
_GONE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)

#: Their answers have no body, whatever they announce (RFC 9110, sections 15.3.5 and 15.4.5).
_WITHOUT_BODY = frozenset({204, 304})


class HttpsTransport:
    """A :class:`transport.Transport` that keeps one connection per host alive."""

    def __init__(
        self,
        *,
        connect_timeout_ms: int,
        read_timeout_ms: int,
        clock: MonotonicClock,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._connect_timeout = connect_timeout_ms / 1000
        self._read_timeout = read_timeout_ms / 1000
        self._clock = clock
        self._context = context
        self._resolver = Resolver()
        self._connections: dict[tuple[str, str], _Connection] = {}

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
        """See :class:`transport.Transport`."""
        parts = urlsplit(url)
        origin = (parts.scheme, parts.netloc)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        message = _Message(method, target, headers, body, max_bytes)
        limit = Deadline.after(self._read_timeout + self._connect_timeout, self._clock)
        ends = min(limit, deadline, key=Deadline.remaining_seconds)
        kept = self._kept(origin)
        if kept is not None:
            try:
                return self._exchange(kept, origin, message, ends)
            except _StaleConnectionError:
                # The other side closed an idle connection, as it may at any time (RFC 9112,
                # section 9.6). It answered nothing, so asking again is safe; once is enough.
                pass
        return self._exchange(self._open(origin, ends), origin, message, ends)

    def close(self) -> None:
        """Close every connection that is kept alive."""
        while self._connections:
            self._connections.popitem()[1].close()

    def _open(self, origin: tuple[str, str], ends: Deadline) -> _Connection:
        scheme, netloc = origin
        host = urlsplit(f"//{netloc}")
        dial_ends = min(
            Deadline.after(self._connect_timeout, self._clock),
            ends,
            key=Deadline.remaining_seconds,
        )
        try:
            port = host.port or (443 if scheme == "https" else 80)
            sock = dial(host.hostname or "", port, dial_ends, self._resolver)
            if scheme == "https":
                sock = self._secured(sock, host.hostname)
        except TimeoutError:
            raise TransportError("timed out") from None
        except (OSError, ValueError):
            raise TransportError("could not connect") from None
        return _Connection(http.client.HTTPConnection(netloc), sock)

    def _secured(self, sock: socket.socket, hostname: str | None) -> socket.socket:
        try:
            if self._context is None:
                self._context = _strict_context()
            # The handshake as a whole ends with the time-out that dial has left on the socket.
            return self._context.wrap_socket(sock, server_hostname=hostname)
        except BaseException:
            sock.close()
            raise

    def _kept(self, origin: tuple[str, str]) -> _Connection | None:
        connection = self._connections.pop(origin, None)
        if connection is None:
            return None
        is_young = self._clock() - connection.idle_since <= _IDLE_LIMIT_SECONDS
        if is_young and connection.socket.is_quiet:
            return connection
        connection.close()
        return None

    def _exchange(
        self, connection: _Connection, origin: tuple[str, str], message: _Message, ends: Deadline
    ) -> Answer:
        is_kept = connection.was_used
        connection.begin(ends, message.max_bytes)
        try:
            connection.http.request(
                message.method, message.target, body=message.body, headers=dict(message.headers)
            )
            with connection.http.getresponse() as response:
                data = response.read(message.max_bytes + 1)
        except BaseException as error:
            connection.close()
            if isinstance(error, _GONE) and is_kept and not connection.socket.received:
                raise _StaleConnectionError from None
            if isinstance(error, (OSError, http.client.HTTPException, ValueError)):
                raise TransportError(_what_happened(error)) from None
            raise
        problem = _problem(response, data, message.max_bytes)
        if problem:
            connection.close()
            raise TransportError(problem)
        if connection.may_stay(response):
            connection.idle_since = self._clock()
            self._connections[origin] = connection
        else:
            connection.close()
        headers = response.headers
        return Answer(
            response.status,
            data,
            headers.get("x-amzn-requestid", ""),
            headers.get("www-authenticate", ""),
        )


def _strict_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # A certificate is for the names that it lists; its common name is a text (RFC 9525, 2).
    context.hostname_checks_common_name = False
    return context


def _problem(response: http.client.HTTPResponse, data: bytes, max_bytes: int) -> str:
    if response.status < 200:
        # The final answer is still to come, and would be taken for the next request's.
        return "not understood"
    if len(data) > max_bytes:
        return "answer too long"
    # What is left of the length was announced and never sent.
    return "answer cut short" if response.length else ""


def _what_happened(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, AnswerTooLongError):
        return "answer too long"
    return "connection lost" if isinstance(error, _GONE) else "not understood"


class _Message(NamedTuple):
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    max_bytes: int


class _StaleConnectionError(Exception):
    """A connection kept alive turned out to be closed before it answered anything."""


class _Connection:
    """An open HTTP connection whose every socket read ends at the current deadline."""

    def __init__(self, connection: http.client.HTTPConnection, sock: socket.socket) -> None:
        self.http = connection
        self.was_used = False
        self.idle_since = 0.0
        self.socket = DeadlineSocket(sock)
        connection.sock = self.socket

    def begin(self, ends: Deadline, max_bytes: int) -> None:
        self.socket.begin(ends, 2 * max_bytes + _HEAD_BYTES)
        self.was_used = True

    def may_stay(self, response: http.client.HTTPResponse) -> bool:
        """Whether nothing of this answer can turn up in the next one's place."""
        return (
            not response.will_close
            and response.status not in _WITHOUT_BODY
            and not self.socket.has_leftovers
        )

    def close(self) -> None:
        self.http.close()
        self.socket.abandon()
