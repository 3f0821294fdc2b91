"""The program's own README, held to the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ops.answers import Exit
from ops.command import NEEDS
from tests.ops.bench import OpsBench

_TEXT = (Path(__file__).parents[2] / "ops" / "README.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    return _TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def _rows(title: str) -> dict[str, str]:
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", _section(title), re.MULTILINE)
    return dict(rows)


def test_the_rights_of_each_command() -> None:
    """Each command stands in the table with the rights that its help names."""
    told = {name: tuple(re.findall(r"`([^`]+)`", row)) for name, row in _rows("Rights").items()}
    assert told == NEEDS


def test_each_exit_code() -> None:
    """Each exit code stands in the table."""
    codes = re.findall(r"^\| (\d+) \|", _section("Exit codes"), re.MULTILINE)
    assert sorted(int(code) for code in codes) == sorted(int(code) for code in Exit)


@pytest.mark.parametrize(
    ("row", "command"),
    [
        ("explain", ("explain",)),
        ("sessions", ("sessions", "ada")),
        ("revoke …", ("revoke", "user", "ada")),
        ("ttl show", ("ttl", "show")),
        ("ttl tighten", ("ttl", "tighten", "--verdict-ttl", "5")),
        ("ttl loosen", ("ttl", "loosen")),
        ("ttl void", ("ttl", "void", "ada")),
        ("getuser", ("getuser",)),
        ("revoke-token", ("revoke-token", "--client-id", "laptop")),
        ("sign-out", ("sign-out", "--admin", "ada")),
    ],
)
def test_the_members_of_each_answer(bench: OpsBench, row: str, command: tuple[str, ...]) -> None:
    """What scripts are promised is there, and nothing that is not promised."""
    tokens = bench.sign_in("ada")
    arguments = [bench.stack.client_ids.get(argument, argument) for argument in command]
    given = tokens.refresh if row == "revoke-token" else tokens.access
    is_change = "logs:PutLogEvents" in NEEDS.get(" ".join(command[:2]), NEEDS.get(command[0], ()))
    run = bench.change if is_change else bench.run
    told = re.sub(r"\([^)]*\)", "", _rows("For scripts")[row])
    assert set(run(*arguments, standard_input=given).data) == set(re.findall(r"`(\w+)`", told))
