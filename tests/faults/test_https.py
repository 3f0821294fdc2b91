"""The HTTPS transport against real sockets that behave badly. Loopback only, nothing sleeps."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from local.clock import MovableClock
from tests.faults.exchange import send, transport
from tests.faults.sockets import OK, Behaviour, answer_with, read_request, serve, stay_silent
from transport import Answer, TransportError


def fails(behaviour: Behaviour, *, message: str, seconds: float = 2.0) -> float:
    """Assert that a server of this behaviour makes a request fail; how long that took."""
    with serve(behaviour) as url:
        started = time.monotonic()
        with pytest.raises(TransportError) as caught:
            send(transport(), url, seconds=seconds)
        elapsed = time.monotonic() - started
    assert str(caught.value) == message
    return elapsed


def test_an_answer_keeps_what_tells_who_gave_it() -> None:
    """AWS's name for the request, and what a 401 asks for."""
    head = b'HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: Bearer error="x"\r\n'
    with serve(answer_with(head + b"x-amzn-RequestId: one\r\n\r\n")) as url:
        to = transport()
        assert send(to, url) == Answer(401, b"", request_id="one", challenge='Bearer error="x"')
        to.close()


def test_one_connection_serves_many_requests() -> None:
    """A connection is kept alive: the second request needs no second one."""
    with serve(answer_with(OK, OK)) as url:
        to = transport()
        assert send(to, url) == send(to, url) == Answer(200, b"ok")
        to.close()


def test_a_connection_closed_while_idle_is_replaced() -> None:
    """An idle connection that the other side closed costs a reconnect, not a failure."""
    with serve(answer_with(OK), answer_with(OK)) as url:
        to = transport()
        send(to, url)
        assert send(to, url) == Answer(200, b"ok")
        to.close()


def test_a_connection_idle_for_long_is_not_trusted() -> None:
    """After a long pause, as of a frozen sandbox, a new connection is made at once."""
    clock = MovableClock(0)
    with serve(answer_with(OK), answer_with(OK)) as url:
        to = transport(clock=clock)
        for _ in range(2):
            assert send(to, url, clock=clock).body == b"ok"
            clock.advance(20.1)
        to.close()


def test_a_fresh_connection_that_dies_is_a_failure() -> None:
    """A new connection closed without an answer is not tried again: that would be a retry."""
    assert fails(answer_with(b""), message="connection lost") < 1


def test_a_reset_is_a_failure() -> None:
    """A connection that is reset in the middle is a failure, and nothing more."""

    def reset(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        # A linger time of zero makes close send a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    assert fails(reset, message="connection lost") < 1


def test_silence_ends_with_the_time_out() -> None:
    """A server that never answers costs the connect and read time-outs, and not more."""
    assert fails(stay_silent, message="timed out") < 1


def test_silence_ends_with_the_deadline() -> None:
    """The decision's own deadline ends a request even before the time-outs do."""
    assert fails(stay_silent, message="timed out", seconds=0.05) < 0.3


def test_a_dribbled_answer_ends_with_the_time_out() -> None:
    """One byte at a time does not start the time-out again."""

    def dribble(connection: socket.socket) -> None:
        read_request(connection)
        pause = threading.Event()
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000:
            connection.sendall(bytes([byte]))
            pause.wait(0.02)

    assert fails(dribble, message="timed out") < 1


def test_a_deadline_that_has_passed_asks_nobody() -> None:
    """With no time left not even a connection is made."""
    with pytest.raises(TransportError):
        send(transport(), "http://127.0.0.1:9", seconds=0)


def test_nobody_listening_is_a_failure() -> None:
    """A refused connection is a failure."""
    with serve() as url:
        pass
    with pytest.raises(TransportError) as caught:
        send(transport(), url)
    assert str(caught.value) == "could not connect"


def test_an_unknown_host_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that does not resolve is a failure, as is one with no address at all."""
    for outcome in (socket.gaierror(-2, "unknown"), None):

        def resolve(*_: object, outcome: OSError | None = outcome, **__: object) -> list[Any]:
            if outcome is not None:
                raise outcome
            return []

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        with pytest.raises(TransportError) as caught:
            send(transport(), "http://cognito.invalid")
        assert str(caught.value) == "could not connect"


@pytest.mark.parametrize(("overdue", "last"), [(1, 3), (2, 1)])
def test_addresses_that_do_not_answer_share_one_time_out(
    monkeypatch: pytest.MonkeyPatch, overdue: int, last: int
) -> None:
    """Several addresses of one host are tried within one connect time-out together."""
    clock = MovableClock(0)
    tried: list[Any] = []

    class Unreachable:
        def __init__(self, *_: object) -> None:
            pass

        def settimeout(self, seconds: float) -> None:
            self.seconds = seconds

        def connect(self, address: Any) -> None:
            tried.append(address)
            clock.advance(self.seconds * overdue)
            raise TimeoutError

        def close(self) -> None:
            pass

    def resolve(*_: object, **__: object) -> list[Any]:
        return [_found(f"192.0.2.{number}", 443) for number in (1, 2, 3)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "socket", Unreachable)
    with pytest.raises(TransportError) as caught:
        send(transport(clock=clock), "https://cognito.invalid", clock=clock)
    assert str(caught.value) == "timed out"
    assert tried == [(f"192.0.2.{number}", 443) for number in range(1, last + 1)]
    assert clock() == pytest.approx(0.2)


def test_an_address_that_keeps_silent_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of a host's addresses may lead nowhere: the host is reached by another one."""
    clock = MovableClock(0)

    class HalfReachable(socket.socket):
        def connect(self, address: Any) -> None:
            if address[0] == "192.0.2.1":
                clock.advance(self.gettimeout() or 0.0)
                raise TimeoutError
            super().connect(address)

    with serve(answer_with(OK)) as url:
        port = int(url.rpartition(":")[2])
        found = [_found("192.0.2.1", port), _found("127.0.0.1", port)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(socket, "socket", HalfReachable)
        to = transport(clock=clock)
        answer = send(to, "http://cognito.invalid", clock=clock)
        to.close()
    assert answer.body == b"ok"


def _found(address: str, port: int) -> tuple[Any, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not understood"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "not understood"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 70_000 + b"\r\n\r\n", "not understood"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "not understood"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001, "answer too long"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001, "answer too long"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5dc\r\n" + b"x" * 1500 + b"\r\n",
            "answer too long",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "answer cut short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "not understood"),
    ],
)
def test_bad_answers_are_failures(answer: bytes, message: str) -> None:
    """What is not HTTP, too long or incomplete is a failure, each in a fixed word."""
    fails(answer_with(answer), message=message)


def test_an_answer_of_just_the_limit_is_read() -> None:
    """The limit itself is allowed."""
    body = b"x" * 1000
    with serve(answer_with(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + body)) as url:
        to = transport()
        assert send(to, url).body == body
        to.close()


def test_an_answer_that_ends_with_its_connection_is_read() -> None:
    """Without a length the connection's end is the answer's, and it is not used again."""
    with serve(answer_with(b"HTTP/1.0 200 OK\r\n\r\nok"), answer_with(OK)) as url:
        to = transport()
        assert send(to, url) == send(to, url) == Answer(200, b"ok")
        to.close()


def test_redirects_are_not_followed() -> None:
    """A redirect is an answer like any other: the token goes nowhere else."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with serve(answer_with(moved)) as url:
        to = transport()
        assert send(to, url) == Answer(302, b"")
        to.close()


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY and its kin do not send tokens through a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serve(answer_with(OK)) as url:
        to = transport()
        assert send(to, url) == Answer(200, b"ok")
        to.close()


def test_the_deadline_is_looked_at_before_each_read() -> None:
    """An answer whose head comes in time and whose rest does not is given up."""
    passed = threading.Event()

    def clock() -> float:
        return 9.0 if passed.is_set() else 0.0

    def answer_late(connection: socket.socket) -> None:
        read_request(connection)
        passed.set()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        connection.recv(1)

    with serve(answer_late) as url, pytest.raises(TransportError) as caught:
        send(transport(clock=clock), url, clock=clock)
    assert str(caught.value) == "timed out"
