"""Lets synchronous code wait on the simulation's clock.

The project's code calls a transport and gets an answer; SimPy's clock moves only between events.
So that a decision can wait in the middle, while others go on, it runs in a thread of its own, and
control is handed over: exactly one thread runs at any moment, so that nothing depends on the
operating system and a seed gives one history.

Most decisions wait for nothing, and a handover takes as long as several of those. So each is first
**tried** on the simulation's own thread, and left at its first wait, before that has done anything;
only then is it run again in a thread. Code that is run must therefore leave nothing changed before
it waits for the first time, which is so: caches are written after an answer, not before a question.
``tests/simulation/test_suspension.py`` runs whole simulations with and without the trying.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread
from types import TracebackType

from simpy import Environment
from simpy.events import Event

#: What is run, and what is to be done with what it returned, both without arguments kept.
Work = Callable[[], object]


class _NotYetError(BaseException):
    """A wait was met while trying. No ``except Exception`` of the code's own may catch it."""


class _AbandonedError(BaseException):
    """The simulation is over."""


class _Runner:
    """A thread that runs one piece of work after another, whenever it is handed control."""

    def __init__(self) -> None:
        self.may_run = Lock()
        self.may_run.acquire()
        self.returned = Lock()
        self.returned.acquire()
        self.work: Work | None = None
        self.then: Callable[[], None] = lambda: None
        self.failure: BaseException | None = None
        self.is_abandoned = False
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def resume(self) -> None:
        """Hand control over, and have it back when the work waits or is done."""
        self.may_run.release()
        self.returned.acquire()

    def wait(self) -> None:
        """Called by the work: hand control back, until resumed."""
        self.returned.release()
        self.may_run.acquire()
        if self.is_abandoned:
            raise _AbandonedError

    def end(self) -> None:
        """Let the thread end, wherever it is."""
        self.is_abandoned = True
        self.resume()
        self._thread.join()

    def _run(self) -> None:
        self.may_run.acquire()
        while not self.is_abandoned:
            assert self.work is not None
            try:
                self.work()
            except _AbandonedError:
                break
            except BaseException as error:
                # Raised on the simulation's own thread instead.
                self.failure = error
            self.work = None
            self.returned.release()
            self.may_run.acquire()
        self.returned.release()


class Suspension:
    """Runs synchronous code that may wait. To be used as a context manager."""

    def __init__(self, env: Environment, *, tries_first: bool = True) -> None:
        self._env = env
        self._tries_first = tries_first
        self._is_trying = False
        self._current: _Runner | None = None
        self._idle: list[_Runner] = []
        self._all: list[_Runner] = []
        self.handovers = 0

    def __enter__(self) -> Suspension:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for runner in self._all:
            runner.end()

    def run(self, work: Work, then: Callable[[], None]) -> None:
        """Run ``work`` now, and ``then`` at the moment when it is done."""
        assert self._current is None, "work may not start other work"
        if self._tries_first:
            self._is_trying = True
            try:
                work()
            except _NotYetError:
                pass
            else:
                then()
                return
            finally:
                self._is_trying = False
        if self._idle:
            runner = self._idle.pop()
        else:
            runner = _Runner()
            self._all.append(runner)
        runner.work, runner.then = work, then
        self._continue(runner)

    def begin_wait(self) -> None:
        """To be called before anything is done that :meth:`wait` is then called for."""
        if self._is_trying:
            raise _NotYetError

    def wait(self, seconds: float) -> None:
        """Called by running work: go on after so many seconds of the simulation's clock."""
        self.begin_wait()
        runner = self._current
        assert runner is not None, "only running work can wait"
        timeout = self._env.timeout(seconds)
        assert timeout.callbacks is not None
        timeout.callbacks.append(lambda _event: self._continue(runner))
        runner.wait()

    def _continue(self, runner: _Runner) -> None:
        self.handovers += 1
        self._current = runner
        runner.resume()
        self._current = None
        if runner.failure is not None:
            failure, runner.failure = runner.failure, None
            raise failure
        if runner.work is None:
            self._idle.append(runner)
            runner.then()


def call_after(env: Environment, seconds: float, call: Callable[[], None]) -> None:
    """Call something later: a process of its own would cost three events instead of one."""
    timeout: Event = env.timeout(seconds)
    assert timeout.callbacks is not None
    timeout.callbacks.append(lambda _event: call())
