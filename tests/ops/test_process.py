"""The program as a process of its own, on the local stack."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.product_api import REGION
from ops.answers import Exit
from tests.ops.bench import OpsBench, leaks

_PROJECT = Path(__file__).parents[2]


def _ops(
    bench: OpsBench, *command: str, token: str = "", terminal: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it with a token as its standard input, or with a terminal."""
    given: dict[str, Any] = {"input": token} if terminal is None else {"stdin": terminal}
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "ops", *command, "--json"),
            *("--stack", bench.name, "--region", REGION),
            *("--endpoint-url", bench.stack.cognito.url),
        ],
        cwd=_PROJECT,
        env={k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
        **given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert not leaks(ran.stdout + ran.stderr, bench.secrets)
    return ran


def test_kicked_out_by_a_process(bench: OpsBench) -> None:
    """Explained, revoked and explained again, each by a process of its own."""
    tokens = bench.sign_in("ada")
    assert _ops(bench, "explain", token=tokens.access).returncode == Exit.FINE
    revoked = _ops(bench, "revoke", "user", "ada", "--yes", "--reason", "a drill")
    assert revoked.returncode == Exit.FINE, revoked.stdout
    explained = _ops(bench, "explain", token=tokens.access)
    assert explained.returncode == Exit.FINDING
    assert json.loads(explained.stdout)["data"]["reason"] == "session_revoked"
    assert [line["phase"] for line in bench.trail()] == ["intended", "done"]


def test_questions_are_no_part_of_the_answer(bench: OpsBench) -> None:
    """Somebody at a terminal is asked on standard error: standard output may go into a file."""
    bench.sign_in("ada")
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, b"phone stolen\nyes\n")
        ran = _ops(bench, "revoke", "user", "ada", terminal=terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert ran.returncode == Exit.FINE, ran.stderr
    assert json.loads(ran.stdout)["command"] == "revoke user"
    assert "Why?" in ran.stderr
    assert 'Type "yes":' in ran.stderr
    assert bench.trail()[0]["reason"] == "phone stolen"


def test_without_a_standard_input(bench: OpsBench) -> None:
    """Where it was closed there is no token, and nobody to confirm anything."""
    bench.sign_in("ada")
    assert _ops_without_input(bench, "explain") == Exit.USAGE
    change = ("revoke", "user", "ada", "--reason", "a drill")
    assert _ops_without_input(bench, *change) == Exit.NOT_CONFIRMED
    assert bench.trail() == []


def _ops_without_input(bench: OpsBench, *command: str) -> int:
    return subprocess.run(
        [
            *("sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "ops", *command),
            *("--stack", bench.name, "--region", REGION),
            *("--endpoint-url", bench.stack.cognito.url),
        ],
        cwd=_PROJECT,
        env={k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
        capture_output=True,
        check=False,
        timeout=120,
    ).returncode
