"""The example in each command's help: it is taken as it stands, and does what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.answers import Exit
from ops.command import NEEDS
from tests.ops.bench import OpsBench
from tests.ops.command_lines import examples, parse, program_arguments

#: With standard input taken by a token nobody is there to be asked.
_FED = sorted(name for name, line in examples().items() if " < " in line)


def test_each_command_has_one() -> None:
    """Each command's help has an example, which is of that command and is taken."""
    assert {parse(program_arguments(line) or []): name for name, line in examples().items()} == {
        name: name for name in NEEDS
    }


@pytest.mark.parametrize("name", _FED)
def test_nobody_has_to_be_asked(
    bench: OpsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is fed with a token runs to its end: what would be asked is on the line."""
    monkeypatch.chdir(tmp_path)
    line, tokens = examples()[name], bench.sign_in("ada")
    own = {"1h57kf5cpq17m0eml12EXAMPLE": bench.stack.client_ids["laptop"]}
    ran = bench.run(
        *(own.get(word, word) for word in program_arguments(line) or []),
        standard_input=tokens.refresh if "refresh-token" in line else tokens.access,
    )
    assert ran.exit_code in (Exit.FINE, Exit.FINDING), ran.everything
    assert ran.document["error"] is None


def test_which_are_fed() -> None:
    """The commands that take a token show how it is given."""
    assert _FED == ["explain", "getuser", "refresh", "revoke-token"]
