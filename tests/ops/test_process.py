"""The program as a process of its own, on the local stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from local.product_api import REGION
from ops.answers import Exit
from tests.ops.bench import OpsBench, leaks

_PROJECT = Path(__file__).parents[2]


def _ops(bench: OpsBench, *command: str, token: str = "") -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "ops", *command, "--json"),
            *("--stack", bench.name, "--region", REGION),
            *("--endpoint-url", bench.stack.cognito.url),
        ],
        cwd=_PROJECT,
        env={k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
        input=token,
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
