"""A deployed function, running: several sandboxes that take turns, and what they log."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.clock import MovableClock
from local.runtime.sandbox import Program, Sandbox
from local.runtime.tools import Tools

#: A log line comes through a pipe, after the answer has come over HTTP.
_LOG_SECONDS = 5
_POLL_SECONDS = 0.002


class SandboxClock(MovableClock):
    """A clock that stands still until it is moved, here and in every sandbox.

    Attributes:
        file: the time, in seconds since the epoch, which the sandboxes read.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.file = folder / "clock"
        self._descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o600)
        self.advance(0)

    def advance(self, seconds: float) -> None:
        """Move it; all sandboxes see it at once."""
        super().advance(seconds)
        # In one write, and always of one length, for somebody may be reading.
        os.pwrite(self._descriptor, f"{self._now_ns / 1_000_000_000:031.9f}\n".encode(), 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


class Fleet:
    """Copies of one function.

    Attributes:
        all: the sandboxes.
        chosen: the number of the one that gets every event, from 0; None for turns.
    """

    def __init__(self, program: Program, tools: Tools, *, count: int, clock: SandboxClock) -> None:
        self._program = program
        self.all: list[Sandbox] = []
        self.chosen: int | None = None
        self._lock = threading.Lock()
        self._invocations = 0
        try:
            for _ in range(count):
                self.all.append(Sandbox(program, tools, clock.file))
        except BaseException:
            self.close()
            raise
        self._turns = itertools.cycle(self.all)
        self._read = dict.fromkeys(self.all, 0)
        self._decisions: list[dict[str, Any]] = []

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """Let the next sandbox handle the event.

        Raises:
            local.runtime.sandbox.FunctionError: as the function failed.
        """
        with self._lock:
            sandbox = next(self._turns) if self.chosen is None else self.all[self.chosen]
            self._invocations += 1
        return sandbox.invoke(event)

    def decisions(self) -> list[dict[str, Any]]:
        """The log lines of all decisions so far, one for each invocation, oldest first.

        Raises:
            TimeoutError: a decision is missing in the logs.
        """
        until = time.monotonic() + _LOG_SECONDS
        while True:
            for sandbox in self.all:
                lines = [line for line in sandbox.lines() if line.get("message") == "decision"]
                self._decisions += lines[self._read[sandbox] :]
                self._read[sandbox] = len(lines)
            if len(self._decisions) >= self._invocations:
                return list(self._decisions)
            if time.monotonic() > until:
                said = "".join(sandbox.output() for sandbox in self.all)
                raise TimeoutError(f"{self._program.name} did not log every decision:\n{said}")
            time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Stop all of them."""
        for sandbox in self.all:
            sandbox.close()
        self.all.clear()
