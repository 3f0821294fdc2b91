"""Connections kept alive: an answer belongs to the request that it was given to, and to no other.

Nothing here sleeps: a far side waits for its own end where bytes must arrive apart.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.faults.certificates import Authority
from tests.faults.exchange import send, transport
from tests.faults.far_side import FarSide, Mood, Parting, Request, Turn
from tests.faults.fault import Component
from tests.faults.moods import resetting
from tests.faults.sockets import http
from tests.faults.world import World
from tests.tokens import NOW, SessionMaker, sign
from transport import Deadline, TransportError
from transport.deadline_socket import DeadlineSocket

#: How long a far side waits between two things that it says, so that they arrive apart.
_APART_SECONDS = 0.05
#: What a buffered reader takes from a socket at once.
_BUFFER_BYTES = 8192


def echo(request: Request) -> tuple[str, bytes]:
    """Answer with the path that was asked for."""
    return "200 OK", request.target.encode()


def first(*parts: bytes, answers: bool = False, stays: bool = True) -> Mood:
    """Say these things to the first request, one after another, and answer the others well.

    Args:
        answers: whether the first is answered well, too, at the end.
        stays: whether the connection stays open after the first.
    """

    def behave(turn: Turn) -> bool:
        if turn.number > 1:
            turn.send_good()
            return True
        for part in parts:
            turn.connection.sendall(part)
            turn.closing.wait(_APART_SECONDS)
        if answers:
            turn.send_good()
        return stays

    return behave


@pytest.fixture
def side() -> Iterator[FarSide]:
    """A far side that echoes."""
    made = FarSide(echo)
    yield made
    made.close()


@pytest.fixture
def secured_side(authority: Authority) -> Iterator[FarSide]:
    """The same over TLS."""
    made = FarSide(echo, authority.server())
    yield made
    made.close()


_EARLY = b"HTTP/1.1 103 Early Hints\r\n\r\n"


@pytest.mark.parametrize(
    "early",
    [_EARLY, b"HTTP/1.1 102 Processing\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"],
)
def test_an_interim_answer_is_not_the_answer(side: FarSide, early: bytes) -> None:
    """It fails, and the final one that follows is not taken for the next one's (RFC 9110, 15.2)."""
    side.be(first(early, answers=True))
    to = transport()
    with pytest.raises(TransportError, match="not understood"):
        send(to, side.url, path="/a")
    assert send(to, side.url, path="/b").body == b"/b"
    assert send(to, side.url, path="/c").body == b"/c"
    to.close()


def test_a_revoked_session_is_not_let_in_by_anothers_answer(world: World) -> None:
    """Whatever Cognito says in between, what it says of one session is not heard of the next."""
    revoked = SessionMaker()
    world.far.issuer.revoked.add(revoked.origin_jti)
    world.far.sides[Component.COGNITO].be(first(_EARLY, answers=True))
    assert world.call(world.access_token()).reason == "issuer_unreachable"
    assert world.call(sign(revoked.access(exp=NOW + 3600))).reason == "session_revoked"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 40\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 40\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1",
        http(b"ok") + b"\r\n",
        http(b"ok") + http(b"evil"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + http(b"evil"),
    ],
)
@pytest.mark.parametrize("more", [b"", http(b"evil")])
def test_what_is_left_on_a_connection_is_not_the_next_answer(
    side: FarSide, answer: bytes, more: bytes
) -> None:
    """A connection on which something waits that nobody asked for is not used again, whether it
    came with the answer or after it.
    """
    side.be(first(answer, more))
    to = transport()
    send(to, side.url, path="/a")
    side.wait(2 * _APART_SECONDS)
    assert send(to, side.url, path="/b").body == b"/b"
    to.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n",
        http(b"ok") + b"e",
    ],
)
def test_a_doubtful_answer_costs_its_connection_at_once(side: FarSide, answer: bytes) -> None:
    """Nobody waits to see whether what should not come does come."""
    side.be(first(answer))
    to = transport()
    send(to, side.url)
    assert side.is_left()
    to.close()


def test_what_is_left_inside_a_record_of_tls_is_not_the_next_answer(
    secured_side: FarSide, authority: Authority
) -> None:
    """What was decrypted and not yet read waits in no socket, and is found all the same."""
    head = http(b"", more=_BUFFER_BYTES)
    body = b" " * (_BUFFER_BYTES - len(head))
    answer = http(body)
    assert len(answer) == _BUFFER_BYTES
    secured_side.be(first(answer + http(b"evil")))
    to = transport(context=authority.client(), connect_timeout_ms=2000)
    assert send(to, secured_side.url, path="/a", max_bytes=_BUFFER_BYTES).body == body
    assert send(to, secured_side.url, path="/b").body == b"/b"
    to.close()


def test_a_time_out_said_to_an_idle_connection_is_not_an_answer(side: FarSide) -> None:
    """A server that says 408 before it closes an idle connection has answered nothing."""
    late = http(b"", "408 Request Timeout", fields="Connection: close\r\n")
    side.be(first(http(b"ok"), late, stays=False))
    to = transport()
    assert send(to, side.url).status == 200
    side.wait(2 * _APART_SECONDS)
    assert send(to, side.url).status == 200
    to.close()


def test_a_good_connection_is_kept_whatever_the_status(side: FarSide) -> None:
    """A refusal is an answer like any other: who cannot be told apart from well is not left."""
    side.be(first(http(b"no", "400 Bad Request")))
    to = transport()
    assert [send(to, side.url).status for _ in range(3)] == [400, 200, 200]
    assert side.accepted == 1
    to.close()


@pytest.mark.parametrize("how", [Parting.CLOSED, Parting.RESET])
def test_a_connection_closed_while_idle_is_found_out_before_it_is_used(
    secured_side: FarSide, authority: Authority, how: Parting
) -> None:
    """Over TLS, too, an idle connection that the other side closed costs a reconnect."""
    to = transport(context=authority.client(), connect_timeout_ms=2000)
    assert send(to, secured_side.url, path="/a").body == b"/a"
    secured_side.part(how)
    assert send(to, secured_side.url, path="/b").body == b"/b"
    to.close()


@pytest.mark.parametrize("how", [Parting.CLOSED, Parting.RESET])
def test_a_connection_closed_in_the_last_moment_is_replaced(
    secured_side: FarSide, authority: Authority, monkeypatch: pytest.MonkeyPatch, how: Parting
) -> None:
    """TLS has words of its own for writing to who has gone; they mean what a reset means."""
    to = transport(context=authority.client(), connect_timeout_ms=2000)
    assert send(to, secured_side.url, path="/a").body == b"/a"
    secured_side.part(how)
    # It was still open when it was looked at.
    monkeypatch.setattr(DeadlineSocket, "is_quiet", True)
    assert send(to, secured_side.url, path="/b").body == b"/b"
    to.close()


def test_a_question_that_was_half_answered_is_not_asked_again(side: FarSide) -> None:
    """Only where nothing was answered is a lost connection taken for one that was idle too long."""

    def behave(turn: Turn) -> bool:
        if turn.number == 2:
            turn.connection.sendall(http(b"/b")[:-1])
            return resetting(turn)
        turn.send_good()
        return True

    side.be(behave)
    to = transport()
    send(to, side.url)
    with pytest.raises(TransportError, match="connection lost"):
        send(to, side.url)
    assert side.asked == 2
    to.close()


def test_a_reader_that_is_closed_twice_has_left_once() -> None:
    """The socket stays open for the other reader."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sock = DeadlineSocket(ours)
        sock.begin(Deadline.after(5, time.monotonic), 10)
        one, other = sock.makefile("rb"), sock.makefile("rb")
        sock.close()
        one.close()
        one.close()
        theirs.sendall(b"x")
        assert other.read(1) == b"x"
        other.close()
        assert ours.fileno() == -1
