"""A function under AWS's Runtime Interface Emulator, run by AWS's own runtime client."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import Program
from local.runtime.tools import Tools

_PATH = "/2015-03-31/functions/function/invocations"
#: How long the emulator may take to listen.
_START_SECONDS = 10
_POLL_SECONDS = 0.01


class EmulatorError(Exception):
    """The emulator did not start, or the function failed; the message is what was said."""


class Emulated:
    """A running function."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=_START_SECONDS)

    def invoke(self, event: bytes) -> float:
        """Handle one event; how many milliseconds its caller waited.

        Raises:
            EmulatorError: the function failed.
        """
        started = time.perf_counter_ns()
        self._connection.request("POST", _PATH, body=event)
        with self._connection.getresponse() as response:
            answer = response.read()
        taken = (time.perf_counter_ns() - started) / 1e6
        if b"errorMessage" in answer:
            raise EmulatorError(answer.decode(errors="replace"))
        return taken

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def emulated(program: Program, tools: Tools, log: Path) -> Iterator[Emulated]:
    """A function for the length of a ``with``.

    Args:
        log: the file that emulator and function write to.

    Raises:
        EmulatorError: the emulator does not listen.
    """
    address, api = _free_address(), _free_address()
    command = [
        str(tools.emulator),
        *("--runtime-interface-emulator-address", address),
        *("--runtime-api-address", api),
        *(str(tools.python), "-m", "awslambdaric", program.handler),
    ]
    environ = program.full_environ()
    environ["PYTHONPATH"] = os.pathsep.join((environ["PYTHONPATH"], str(tools.client)))
    # Powertools' tracer stays off, as there is no daemon to send to.
    environ["AWS_SAM_LOCAL"] = "true"
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=program.path[0],
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    function = Emulated(address)
    try:
        _await(process, address, log)
        yield function
    finally:
        function.close()
        # It may have gone by itself, and everything that it started with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    host, _, port = address.partition(":")
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(_POLL_SECONDS)
        else:
            return
    raise EmulatorError(f"the emulator does not listen:\n{log.read_text()}")


def _free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"
