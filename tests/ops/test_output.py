"""Whoever reads may be gone, or the disk full: 1 says that an answer is no, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.product_api import REGION
from ops.answers import Exit
from tests.ops.bench import OpsBench

_PROJECT = Path(__file__).parents[2]
_GONE, _FULL, _CLOSED = "gone", "full", "closed"


@contextmanager
def _end(kind: str) -> Iterator[int | None]:
    """Where the output goes: a pipe that nobody reads, a full disk, or nowhere."""
    if kind == _CLOSED:
        yield None
        return
    if kind == _FULL:
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        reading, descriptor = os.pipe()
        os.close(reading)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _ops(
    *command: str, bench: OpsBench | None = None, token: str = "", out: str = "", told: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the program as a process with such ends of its output; without one it is caught."""
    where = ["--region", REGION, "--endpoint-url", "http://localhost:9"]
    if bench is not None:
        where[-1] = bench.stack.cognito.url
        where += ["--stack", bench.name]
    closing = " ".join(each for each, end in ((">&-", out), ("2>&-", told)) if end == _CLOSED)
    with _end(out) as descriptor, _end(told) as told_descriptor:
        return subprocess.run(
            [
                *("sh", "-c", f'exec "$@" {closing}', "sh", sys.executable, "-m", "ops", *command),
                *(() if command[0] == "--help" else where),
            ],
            cwd=_PROJECT,
            env={k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
            input=token,
            stdout=descriptor if out in (_GONE, _FULL) else subprocess.PIPE,
            stderr=told_descriptor if told in (_GONE, _FULL) else subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.mark.parametrize("how", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize(
    ("out", "exit_code"),
    [(_GONE, Exit.FINE), (_CLOSED, Exit.FINE), (_FULL, Exit.NOT_WRITTEN)],
)
def test_where_an_answer_goes(
    bench: OpsBench, out: str, exit_code: Exit, how: tuple[str, ...]
) -> None:
    """A change is done and its exit code its own, whoever reads; what was lost is said."""
    tokens = bench.sign_in("ada")
    change = ("revoke", "user", "ada", "--yes", "--reason", "a drill")
    ran = _ops(*change, *how, bench=bench, out=out)
    assert ran.returncode == exit_code, ran.stderr
    assert ("the answer cannot be written: No space" in ran.stderr) is (out == _FULL)
    assert ("would have ended with 0" in ran.stderr) is (out == _FULL)
    assert "Traceback" not in ran.stderr
    assert "AttributeError" not in ran.stderr
    bench.clock.advance(5)
    assert bench.call(tokens.access) == 401


@pytest.mark.parametrize("out", [_GONE, _CLOSED])
def test_a_passed_token_whose_reader_is_gone(bench: OpsBench, out: str) -> None:
    """As in `explain | grep -q passed`."""
    ran = _ops("explain", bench=bench, token=bench.sign_in("ada").access, out=out)
    assert ran.returncode == Exit.FINE, ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("how", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("told", [_GONE, _CLOSED, _FULL])
def test_errors_that_nobody_reads(told: str, how: tuple[str, ...]) -> None:
    """An error has its exit code, whatever became of its text."""
    ran = _ops("ttl", "show", *how, out="" if told == _FULL else told, told=told)
    assert ran.returncode == Exit.UNAVAILABLE


@pytest.mark.parametrize("out", [_GONE, _CLOSED])
def test_help_that_nobody_reads(out: str) -> None:
    """As in `--help | head`."""
    ran = _ops("--help", out=out)
    assert (ran.returncode, ran.stderr) == (0, "")
