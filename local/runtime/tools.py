"""AWS's runtime client and its Runtime Interface Emulator, hash-locked, kept in ``.cache``."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import uv

_HERE = Path(__file__).resolve().parent
CACHE = _HERE.parent.parent / ".cache" / "runtime"

#: The wheel names them as Go does not: by what ``uname -m`` says on Linux.
_EMULATORS = {"x86_64": "x86_64", "aarch64": "arm64"}


class ToolError(Exception):
    """A tool could not be fetched, or does not exist for this machine."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a function runs with.

    Attributes:
        python: an interpreter that sees no package but those it is told of.
        client: the folder of AWS's runtime client, for ``PYTHONPATH``.
        emulator: AWS's Runtime Interface Emulator.
    """

    python: Path
    client: Path
    emulator: Path


def fetch_tools(cache: Path = CACHE) -> Tools:
    """Fetch what is not in the cache yet; a changed lock file or Python fetches anew.

    Raises:
        ToolError: a wheel is missing, or not what the lock file says.
    """
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _EMULATORS:
        raise ToolError(f"AWS has no emulator for {sys.platform} on {machine}: use Linux")
    folder = cache / _fingerprint(machine)
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _install(_HERE / "requirements.txt", unfinished / "client")
        _install(_HERE / "emulator-requirements.txt", unfinished / "wheel", "--no-deps")
        name = f"aws-lambda-rie-{_EMULATORS[machine]}"
        shutil.copyfile(unfinished / "wheel/samcli/local/rapid" / name, unfinished / "emulator")
        (unfinished / "emulator").chmod(0o755)
        shutil.rmtree(unfinished / "wheel")
        unfinished.rename(folder)
    if not (folder / "python").exists():
        # Made in its final place, whose path it holds.
        venv.create(folder / "python", symlinks=True)
    return Tools(folder / "python/bin/python", folder / "client", folder / "emulator")


def _fingerprint(machine: str) -> str:
    seen = hashlib.sha256(f"{sys.version}{machine}{sys.prefix}".encode())
    for name in ("requirements.txt", "emulator-requirements.txt"):
        seen.update((_HERE / name).read_bytes())
    return seen.hexdigest()[:16]


def _install(requirements: Path, target: Path, *options: str) -> None:
    command = [
        *(uv.find_uv_bin(), "pip", "install", "--quiet", "--no-config"),
        *("--python", sys.executable, "--target", str(target)),
        *("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy", *options),
        *("--requirement", str(requirements)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ToolError(f"{requirements.name} could not be installed:\n{done.stderr.strip()}")
