"""Looking names up: a resolver that takes its time takes no more than the deadline's."""

from __future__ import annotations

import _thread
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.exchange import send, transport
from transport import Deadline, TransportError
from transport.https import HttpsTransport
from transport.resolver import Resolver

_FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names that a resolver was asked for which answers nobody before the test ends."""
    names: list[str] = []
    may_answer = threading.Event()

    def resolve(host: str, *_: object, **__: object) -> list[Any]:
        names.append(host)
        may_answer.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield names
    may_answer.set()


def failure(to: HttpsTransport, host: str, *, seconds: float = 2.0) -> str:
    """What a request to a host fails with."""
    with pytest.raises(TransportError) as caught:
        send(to, f"http://{host}.example", seconds=seconds)
    return str(caught.value)


def test_no_name_is_looked_up_without_time_left(asked: list[str]) -> None:
    """With no time left nobody is asked, not even a resolver, which has time-outs of its own."""
    assert failure(transport(), "cognito", seconds=0) == "timed out"
    assert asked == []


def test_slow_lookups_take_no_longer_than_the_time_out(asked: list[str]) -> None:
    """Each of three names is given up in time, though none of the lookups has ended."""
    started = time.monotonic()
    to = transport(connect_timeout_ms=50)
    assert [failure(to, host) for host in ("keys", "ledger", "cognito")] == ["timed out"] * 3
    assert time.monotonic() - started < 1
    assert asked == ["keys.example", "ledger.example", "cognito.example"]


def test_a_name_is_looked_up_once_at_a_time(asked: list[str]) -> None:
    """Whoever asks while a lookup hangs waits for that one: threads do not pile up."""
    to = transport(connect_timeout_ms=20)
    assert [failure(to, "cognito") for _ in range(5)] == ["timed out"] * 5
    assert asked == ["cognito.example"]


@pytest.mark.parametrize("error", [MemoryError, UnicodeError])
def test_whatever_a_lookup_fails_with_is_heard(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Nothing is lost in the thread; what is no failure of the network is raised as it is."""

    def resolve(*_: object, **__: object) -> list[Any]:
        raise error

    def run(function: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        function(*arguments)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(_thread, "start_new_thread", run)
    with pytest.raises(TransportError if error is UnicodeError else error):
        send(transport(), "http://cognito.example")


class Lookups:
    """Threads that run when they are told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[Callable[[], object]] = []
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: _FOUND)
        monkeypatch.setattr(_thread, "start_new_thread", self._begin)

    def _begin(self, function: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        self.begun.append(lambda: function(*arguments))

    def end(self) -> None:
        """Let the last one end."""
        self.begun[-1]()


def _at_once() -> Deadline:
    return Deadline.after(0.01, lambda: 0.0)


def test_a_lookup_that_is_under_way_serves_who_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its result is as good for who has come to wait for it as for who began it."""
    lookups, resolver = Lookups(monkeypatch), Resolver()
    with pytest.raises(TimeoutError):
        resolver.addresses("a", 443, _at_once())
    looks = itertools.count()

    def clock() -> float:
        # It ends while somebody looks at the clock to see for how long to wait.
        if next(looks):
            lookups.end()
        return 0.0

    assert resolver.addresses("a", 443, Deadline(1.0, clock)) == _FOUND
    assert len(lookups.begun) == 1


def test_what_came_too_late_is_not_used_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox may have been frozen in between: a lookup that has ended is begun anew."""
    lookups, resolver = Lookups(monkeypatch), Resolver()
    for _ in range(2):
        with pytest.raises(TimeoutError):
            resolver.addresses("a", 443, _at_once())
        lookups.end()
    assert len(lookups.begun) == 2
