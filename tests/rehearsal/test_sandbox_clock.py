from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import local.runtime
from local.clock import START_SECONDS
from local.runtime.fleet import SandboxClock

_MOVED_CLOCK = Path(local.runtime.__file__).parent / "moved_clock"


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[SandboxClock]:
    """A clock of the test's own."""
    clock = SandboxClock(tmp_path)
    yield clock
    clock.close()


def test_process_sees_it(clock: SandboxClock) -> None:
    """A Python process with the file sees the clock's time, each time that it looks."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-c",
            "import time\nfor _ in range(2): input(); print(repr(time.time()))",
        ],
        env={"PYTHONPATH": str(_MOVED_CLOCK), "MOVED_CLOCK_FILE": str(clock.file)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        before = float(process.stdout.readline())
        clock.advance(29.9)
        process.stdin.write("\n")
        process.stdin.flush()
        after = float(process.stdout.readline())
    assert (before, after) == (START_SECONDS, START_SECONDS + 29.9)


def test_without_a_file() -> None:
    """Without the file a process has its own time."""
    done = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time.__module__)"],
        env={"PYTHONPATH": str(_MOVED_CLOCK), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "time"
