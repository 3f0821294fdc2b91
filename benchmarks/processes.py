"""The peers' processes: servers, workers that are told how much to do, fresh interpreters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pool import KEY_SET, REGION

PROJECT = Path(__file__).resolve().parent.parent
_PROGRAM = Path(__file__).resolve().parent / "sandbox_program.py"

#: No site-packages, and nothing of the folder that the program is in: the bundle alone.
_INTERPRETER = (sys.executable, "-S", "-P")


@dataclass(frozen=True, slots=True)
class Program:
    """A handler, and where it runs.

    Attributes:
        handler: ``package.module.function``.
        path: folders to import from, in order.
        environ: the function's own variables.
    """

    handler: str
    path: tuple[Path, ...]
    environ: Mapping[str, str]

    def full_environ(self) -> dict[str, str]:
        """With what Lambda sets, and nothing else of this machine's."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in self.path),
            # As in Lambda, where the code's folder cannot be written to.
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example",
            "AWS_SESSION_TOKEN": "example",
            "AWS_LAMBDA_FUNCTION_NAME": "authorizer",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            **self.environ,
        }


@dataclass(frozen=True, slots=True)
class Start:
    """One start in a fresh interpreter.

    Attributes:
        wired_ms: from the start of the process until the handler is imported.
        answered_ms: until the first answer.
        peak_bytes: of memory, when all events were answered.
    """

    wired_ms: float
    answered_ms: float
    peak_bytes: int


def start_fresh(program: Program, events: Path) -> Start:
    """Start an interpreter, let it answer the events of a file, wait for its end."""
    with tempfile.TemporaryDirectory() as folder:
        results, log = Path(folder) / "results.json", Path(folder) / "log"
        with log.open("w") as output:
            started = time.perf_counter_ns()
            _run(program, "once", events, results, output.fileno())
        found = json.loads(results.read_text())
    return Start(
        wired_ms=(found["wired"] - started) / 1e6,
        answered_ms=(found["answered"] - started) / 1e6,
        peak_bytes=found["peak_bytes"],
    )


def empty_interpreter_ms() -> float:
    """How long an interpreter takes that does nothing."""
    started = time.perf_counter_ns()
    subprocess.run([*_INTERPRETER, "-c", "pass"], check=True)  # noqa: S603
    return (time.perf_counter_ns() - started) / 1e6


def _run(program: Program, mode: str, events: Path, results: Path, output: int) -> None:
    subprocess.run(  # noqa: S603
        [*_INTERPRETER, str(_PROGRAM), mode, program.handler, str(events), str(results)],
        env=program.full_environ(),
        stdout=output,
        check=True,
    )


class Worker:
    """A process that is told a number and answers with that many durations."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, count: int) -> list[int]:
        """Do it ``count`` times; how long each took, in nanoseconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        taken: list[int] = json.loads(self._process.stdout.readline())
        assert len(taken) == count
        return taken


@contextmanager
def handler_worker(program: Program, events: Path, log: Path) -> Iterator[Worker]:
    """A handler that answers the first event of a file, again and again.

    Args:
        log: the file that its log lines go to.
    """
    command = [*_INTERPRETER, str(_PROGRAM), "serve", program.handler, str(events), str(log)]
    with _talking_to(command, program.full_environ()) as process:
        yield Worker(process)


@contextmanager
def node_worker(tokens: Path, *, is_distinct: bool) -> Iterator[Worker]:
    """aws-jwt-verify in Node, verifying the tokens of a file.

    Args:
        is_distinct: each token once, or the first again and again.
    """
    script = PROJECT / "benchmarks" / "aws_jwt_verify.cjs"
    command = ["node", str(script), str(tokens), "distinct" if is_distinct else "same"]
    with _talking_to(command, dict(os.environ)) as process:
        yield Worker(process)


@contextmanager
def loopback_server(revoked: Sequence[str] = ()) -> Iterator[str]:
    """Cognito and DynamoDB in a process of their own; the address of both."""
    command = [sys.executable, "-m", "benchmarks.loopback"]
    with _talking_to(command, {**os.environ, "PYTHONPATH": str(PROJECT)}) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{json.dumps({'key_set': KEY_SET, 'revoked': list(revoked)})}\n")
        process.stdin.flush()
        yield f"http://localhost:{int(process.stdout.readline())}"


@contextmanager
def _talking_to(
    command: Sequence[str], environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603
        command,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:
        try:
            yield process
        finally:
            # The end of its input is the end of its work.
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=10)
