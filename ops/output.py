"""Where an answer goes out, which may break off: the exit code stays the answer's own.

A reader may have seen enough (``| grep -q``, ``| head``), or there is none (``>&-``). Python, Rich
and Typer end a process with 1 then, or with a traceback; here 1 is an answer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TextIO, cast

from ops.answers import Exit


class _Stream:
    """A stream that takes everything, and keeps the error of its first loss.

    What comes after that goes nowhere, the interpreter's own flush at its end included.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Write it, or lose it."""
        self._attempt(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush it, or lose it."""
        self._attempt(self._stream.flush)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _attempt(self, do: Callable[[], object]) -> None:
        try:
            do()
        except OSError as error:
            self.error = self.error or error
            nowhere = os.open(os.devnull, os.O_WRONLY)
            # One that has no descriptor has nothing left to flush at the end, either.
            with suppress(OSError):
                os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def with_output(run: Callable[[], int]) -> int:
    """Run what prints: its exit code, or 74 if its output could not be written.

    Args:
        run: prints on standard output and standard error.
    """
    # Rich takes it for the width and prints nothing into none.
    if not os.environ.get("COLUMNS", "").strip("0"):
        os.environ.pop("COLUMNS", None)
    with ExitStack() as stack:
        # Python has None for one that was closed before it began.
        out, told = (
            _Stream(stream or stack.enter_context(Path(os.devnull).open("w", encoding="utf-8")))
            for stream in (sys.stdout, sys.stderr)
        )
        stack.enter_context(redirect_stdout(cast("TextIO", out)))
        stack.enter_context(redirect_stderr(cast("TextIO", told)))
        exit_code = run()
        out.flush()
        if out.error is not None and not isinstance(out.error, BrokenPipeError):
            why = f"the answer cannot be written: {out.error.strerror}"
            told.write(f"{why}; it would have ended with {exit_code}\n")
            exit_code = Exit.NOT_WRITTEN
        told.flush()
    return int(exit_code)
