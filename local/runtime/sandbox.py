"""One copy of a function: AWS's emulator, and in it AWS's runtime client with the code."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from local.runtime.tools import Tools

_PATH = "/2015-03-31/functions/function/invocations"
_MOVED_CLOCK = Path(__file__).resolve().parent / "moved_clock"
#: Of a sandbox: how long its emulator may take to listen.
_START_SECONDS = 10
#: Beyond the function's own time-out, which the emulator keeps.
_SLACK_SECONDS = 10
_POLL_SECONDS = 0.01


class FunctionError(Exception):
    """The function raised an error, whose text this is; or it took too long."""


class SandboxError(Exception):
    """The emulator did not start; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a sandbox runs.

    Attributes:
        name: the function's.
        root: the unpacked code.
        handler: ``package.module.function``.
        environ: the function's variables and credentials.
        timeout_seconds: after which an invocation fails.
        memory_mb: what the function is told it has.
    """

    name: str
    root: Path
    handler: str
    environ: Mapping[str, str]
    timeout_seconds: int
    memory_mb: int


class Sandbox:
    """Runs from construction until :meth:`close`; as in Lambda it handles one event at a time."""

    def __init__(self, program: Program, tools: Tools, clock_file: Path) -> None:
        """
        Args:
            clock_file: the time that the function sees, in seconds since the epoch.

        Raises:
            SandboxError: the emulator does not listen.
        """
        self._program = program
        self._lock = threading.Lock()
        self._lines: list[str] = []
        address, api = _free_address(), _free_address()
        self._url = f"http://{address}{_PATH}"
        self._http = requests.Session()
        self._http.trust_env = False
        self._process = subprocess.Popen(  # noqa: S603
            [
                str(tools.emulator),
                *("--runtime-interface-emulator-address", address),
                *("--runtime-api-address", api),
                *(str(tools.python), "-m", "awslambdaric", program.handler),
            ],
            cwd=program.root,
            env=_environ(program, tools, clock_file),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        # Its output is drained from the beginning: a full pipe would stop it.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._await(address)

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """Handle one event.

        Raises:
            FunctionError: as the function failed.
        """
        with self._lock:
            answer = self._http.post(
                self._url, json=event, timeout=self._program.timeout_seconds + _SLACK_SECONDS
            )
        try:
            document = answer.json()
        except ValueError:
            raise FunctionError(answer.text) from None
        if isinstance(document, dict) and "errorType" in document:
            raise FunctionError(document.get("errorMessage", ""))
        return document

    def lines(self) -> list[dict[str, Any]]:
        """The function's log so far: the lines that are JSON objects, oldest first."""
        documents = [_document(line) for line in list(self._lines)]
        return [document for document in documents if document is not None]

    def output(self) -> str:
        """Everything that emulator and function have printed."""
        return "".join(self._lines)

    def close(self) -> None:
        """Stop the emulator and what it started."""
        # It may have gone by itself, and everything that it started with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        self._http.close()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)

    def _await(self, address: str) -> None:
        host, _, port = address.partition(":")
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
            except OSError:
                time.sleep(_POLL_SECONDS)
            else:
                return
        self.close()
        raise SandboxError(f"{self._program.name} did not start:\n{self.output()}")


def _environ(program: Program, tools: Tools, clock_file: Path) -> dict[str, str]:
    return {
        # What this machine needs; nothing else of it is seen.
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join((str(_MOVED_CLOCK), str(tools.client))),
        # As in Lambda, where the code's folder cannot be written to.
        "PYTHONDONTWRITEBYTECODE": "1",
        "MOVED_CLOCK_FILE": str(clock_file),
        "AWS_LAMBDA_FUNCTION_NAME": program.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(program.timeout_seconds),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(program.memory_mb),
        "LAMBDA_TASK_ROOT": str(program.root),
        **program.environ,
    }


def _free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def _document(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
