"""A Node program for the length of a ``with``, on a socket that was opened for it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from local.web.listening import ListeningSocket

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/authjs"

#: Ends the program when its standard input ends: whoever started it is gone, however that came.
_END_WITH_STARTER = 'data:text/javascript,process.stdin.resume().on("end",()=>process.exit())'
_START_SECONDS = 60
_END_SECONDS = 5


class NodeError(Exception):
    """Node or the program's packages are missing, or it has not come up."""


@contextmanager
def node_program(
    script: Path, environ: Mapping[str, str], listening: ListeningSocket, log: Path
) -> Iterator[None]:
    """Run ``script`` until the ``with`` ends, whichever way it ends.

    Args:
        script: the program; its folder is the working directory.
        environ: its environment; ``PATH`` and ``LISTEN_FD`` are added.
        listening: where it answers; let go of here.
        log: the file that its output goes to.

    Raises:
        NodeError: it can't be run, or ended before it answered; with its output.
    """
    command = [_node(script.parent), "--import", _END_WITH_STARTER, script.name]
    variables = {"PATH": os.environ.get("PATH", ""), "LISTEN_FD": str(listening.descriptor)}
    with log.open("wb") as output:
        program = subprocess.Popen(  # noqa: S603
            command,
            cwd=script.parent,
            env=variables | dict(environ),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(listening.descriptor,),
        )
    listening.close()
    try:
        _await_answer(listening.url, log)
        yield
    finally:
        _end(program)


def require_packages(folder: Path = EXAMPLE) -> None:
    """Raise NodeError if the packages of a program are not installed."""
    if not (folder / "node_modules").is_dir():
        raise NodeError(f"the packages of {folder.name} are missing: npm ci --prefix {folder}")


def _node(folder: Path) -> str:
    require_packages(folder)
    node = shutil.which("node")
    if node is None:
        raise NodeError("node is not on PATH: install Node 20 or newer")
    return node


def _await_answer(url: str, log: Path) -> None:
    """The socket listens already, so the first request waits until the program takes it."""
    with requests.Session() as http:
        # No proxy from the environment stands between this machine and itself.
        http.trust_env = False
        try:
            http.get(url, timeout=_START_SECONDS, allow_redirects=False)
        except requests.RequestException:
            raise NodeError(f"{log.stem} has not come up:\n{log.read_text()}") from None


def _end(program: subprocess.Popen[bytes]) -> None:
    assert program.stdin is not None
    program.stdin.close()
    program.terminate()
    try:
        program.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
