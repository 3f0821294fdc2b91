"""The CDK example, synthesized once for all tests of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .examples import FOLDER


@pytest.fixture(scope="session")
def cdk_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Templates by stack, made by the example's own app with its own ``cdk.json``."""
    out = tmp_path_factory.mktemp("cdk.out")
    settings = json.loads((FOLDER / "cdk" / "cdk.json").read_text(encoding="utf-8"))
    command = settings["app"].split()
    assert command == ["python", "app.py"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(
        [sys.executable, "-B", *command[1:]],
        cwd=FOLDER / "cdk",
        env=environment
        | {
            "CDK_OUTDIR": str(out),
            "CDK_CONTEXT_JSON": json.dumps(settings["context"]),
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        },
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {path.name.partition(".")[0]: path for path in sorted(out.glob("*.template.json"))}
