from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.runtime.fleet import Fleet, SandboxClock
from local.runtime.sandbox import FunctionError, Program, Sandbox, SandboxError
from local.runtime.tools import Tools
from tests.rehearsal import fake_emulator


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[SandboxClock]:
    """A clock of the test's own."""
    clock = SandboxClock(tmp_path)
    yield clock
    clock.close()


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    """A stand-in for AWS's emulator."""
    emulator = tmp_path / "emulator"
    emulator.write_text(f"#!{sys.executable}\n{Path(fake_emulator.__file__).read_text()}")
    emulator.chmod(0o755)
    return Tools(Path(sys.executable), tmp_path, emulator)


@pytest.fixture
def fleet(tmp_path: Path, tools: Tools, clock: SandboxClock) -> Iterator[Fleet]:
    """Two copies of a function."""
    fleet = Fleet(_program(tmp_path), tools, count=2, clock=clock)
    yield fleet
    fleet.close()


def _program(root: Path, handler: str = "own.handler") -> Program:
    return Program("own", root, handler, {"ISSUERS": "one"}, timeout_seconds=5, memory_mb=512)


def test_answer(fleet: Fleet) -> None:
    """A function's answer comes as it gave it."""
    assert fleet.invoke({"a": [1, "ü"]}) == {"a": [1, "ü"]}


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"raise": "Unauthorized"}, "Unauthorized"),
        ({"text": "Task timed out after 5.00 seconds"}, "Task timed out after 5.00 seconds"),
    ],
)
def test_failure(fleet: Fleet, event: dict[str, Any], text: str) -> None:
    """An error that is raised, and a time-out, are failures with their text."""
    with pytest.raises(FunctionError) as failure:
        fleet.invoke(event)
    assert str(failure.value) == text


def test_error_as_an_answer(fleet: Fleet) -> None:
    """An answer with a message and no type is an answer: HTTP APIs are refused so."""
    assert fleet.invoke({"errorMessage": "Unauthorized"}) == {"errorMessage": "Unauthorized"}


def test_environment(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function sees its own variables and Lambda's, and none of the caller's."""
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    seen = fleet.invoke({"environ": True})
    assert (seen["ISSUERS"], seen["AWS_LAMBDA_FUNCTION_NAME"]) == ("one", "own")
    assert "AWS_PROFILE" not in seen
    assert "HOME" not in seen


def test_turns(fleet: Fleet) -> None:
    """Sandboxes take turns, each decision is read once and in order, and one can be chosen."""
    for reason in ("a", "b"):
        fleet.invoke({"decide": reason})
    first, second = fleet.decisions()
    assert {first["reason"], second["reason"]} == {"a", "b"}
    assert first["sandbox"] != second["sandbox"]
    fleet.chosen = 0
    for reason in ("c", "d"):
        fleet.invoke({"decide": reason})
        assert fleet.decisions()[-1]["reason"] == reason
    third, fourth = fleet.decisions()[2:]
    assert third["sandbox"] == fourth["sandbox"]


def test_no_start(tmp_path: Path, tools: Tools, clock: SandboxClock) -> None:
    """A function that does not start says why."""
    with pytest.raises(SandboxError, match="no such module"):
        Sandbox(_program(tmp_path, "broken.handler"), tools, clock.file)
