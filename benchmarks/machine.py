"""What a run ran on, without names of hosts or paths."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.processes import PROJECT

#: Beyond it values, and ratios a little, are those of a busy machine.
_MOST_LOAD_PER_CORE = 0.25

_PEERS = ("aws-lambda-powertools", "boto3", "cryptography", "pyjwt")


def describe() -> dict[str, Any]:
    """Processor, cores, operating system, versions; and how busy it was just before."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "os": _os(),
        "python": platform.python_version(),
        "node": _output("node", "--version").removeprefix("v"),
        "peers": {name: importlib.metadata.version(name) for name in _PEERS}
        | {"aws-jwt-verify": _npm_version("aws-jwt-verify")},
        # Averages over a minute; another run's own work is in it.
        "load_before": round(os.getloadavg()[0], 1),
    }


def busy_text(machine: Mapping[str, Any]) -> str:
    """What to say of a machine that others were at work on when a run began; else nothing."""
    if machine["load_before"] <= machine["cores"] * _MOST_LOAD_PER_CORE:
        return ""
    return f"Others were at work: load {machine['load_before']} on {machine['cores']} cores"


def _cpu() -> str:
    file = Path("/proc/cpuinfo")
    if file.exists():
        for line in file.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _os() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()


def _npm_version(package: str) -> str:
    document = json.loads((PROJECT / "node_modules" / package / "package.json").read_text())
    return str(document["version"])
