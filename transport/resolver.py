"""Looks up names for as long as there is time, and not as long as the resolver takes.

The system's resolver cannot be told a deadline, nor be interrupted. ``RES_OPTIONS`` in the
Lambdas' environment holds it to one try of a second per name server, and several lookups of a
second each are more than a decision has. So each runs in a thread, which is left to itself when
its time is over: there is never more than one such thread for a name, because whoever asks for
it next waits for the same lookup.
"""

from __future__ import annotations

# Not threading: a cold start would pay for that, and all that is needed is a start and a lock.
import _thread
import socket
from collections.abc import Sequence
from typing import Any

from transport.port import Deadline

#: What ``socket.getaddrinfo`` returns.
Addresses = Sequence[tuple[int, int, int, str, Any]]


class Resolver:
    """Looks names up within deadlines."""

    def __init__(self) -> None:
        self._overdue: dict[tuple[str, int], _Lookup] = {}

    def addresses(self, host: str, port: int, ends: Deadline) -> Addresses:
        """The addresses of a name, in the order in which they should be tried.

        Raises:
            TimeoutError: nobody has said by the deadline; if it has passed, nobody was asked.
            OSError: the name does not resolve.
        """
        if ends.remaining_seconds() <= 0:
            raise TimeoutError
        name = (host, port)
        lookup = self._overdue.pop(name, None)
        # What came too late for its asker may be long out of date.
        if lookup is None or lookup.is_over:
            lookup = _Lookup(host, port)
        if not lookup.wait(ends.remaining_seconds()):
            self._overdue[name] = lookup
            raise TimeoutError
        return lookup.result()


class _Lookup:
    def __init__(self, host: str, port: int) -> None:
        self._found: Addresses = ()
        self._error: BaseException | None = None
        self._running = _thread.allocate_lock()
        self._running.acquire()
        _thread.start_new_thread(self._run, (host, port))

    @property
    def is_over(self) -> bool:
        return not self._running.locked()

    def wait(self, seconds: float) -> bool:
        """Whether it is over within that time."""
        if not self._running.acquire(timeout=seconds):
            return False
        self._running.release()
        return True

    def result(self) -> Addresses:
        if self._error is not None:
            raise self._error
        return self._found

    def _run(self, host: str, port: int) -> None:
        try:
            self._found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except BaseException as error:  # it is raised where somebody waits for it
            self._error = error
        finally:
            self._running.release()
