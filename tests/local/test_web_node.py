"""Node programs of the local stack: started on a socket of ours, and always ended."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from local.web.listening import ListeningSocket
from local.web.node import NodeError, node_program, require_packages

SERVER = """
import http from "node:http";
http.createServer((_, answer) => answer.end(String(process.pid)))
  .listen({ fd: Number(process.env.LISTEN_FD) });
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "server.mjs").write_text(SERVER)
    (tmp_path / "broken.mjs").write_text('throw new Error("no such setting")')
    return tmp_path


def can_connect(url: str) -> bool:
    host, _, port = url.rpartition("/")[2].partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except ConnectionError:
        return False
    return True


def test_it_answers_and_is_ended(folder: Path) -> None:
    """It answers at the address that was known before it ran, and nobody does afterwards."""
    listening = ListeningSocket("127.0.0.1")
    with node_program(folder / "server.mjs", {}, listening, folder / "log"):
        assert requests.get(listening.url, timeout=10).text.isdigit()
    assert not can_connect(listening.url)


def test_it_is_ended_after_a_failure(folder: Path) -> None:
    """An exception in the block ends it too."""
    listening = ListeningSocket("127.0.0.1")
    with (
        pytest.raises(ZeroDivisionError),
        node_program(folder / "server.mjs", {}, listening, folder / "log"),
    ):
        raise ZeroDivisionError
    assert not can_connect(listening.url)


def test_it_ends_with_who_started_it(folder: Path) -> None:
    """Killed, the starter leaves no program behind: its standard input has ended."""
    script = f"""
import os, sys
from pathlib import Path
from local.web.listening import ListeningSocket
from local.web.node import node_program
listening = ListeningSocket("127.0.0.1")
folder = Path({str(folder)!r})
with node_program(folder / "server.mjs", {{}}, listening, folder / "log"):
    print(listening.url, flush=True)
    os.kill(os.getpid(), 9)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    url = done.stdout.strip()
    assert url
    until = time.monotonic() + 10
    while can_connect(url):
        assert time.monotonic() < until


def test_a_program_that_fails_says_why(folder: Path) -> None:
    """What it has written comes with the error."""
    with (
        pytest.raises(NodeError, match="no such setting"),
        node_program(folder / "broken.mjs", {}, ListeningSocket("127.0.0.1"), folder / "log"),
    ):
        pass  # pragma: no cover


def test_missing_packages_are_named(tmp_path: Path) -> None:
    """Without its packages the message says how to install them."""
    with pytest.raises(NodeError, match="npm ci --prefix"):
        require_packages(tmp_path)
