"""Command lines of the program, as documents and its own help show them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import typer

from ops.program import app

#: What a shell does with the rest is not the program's.
_END = re.compile(r" [<>|] ?|;|\)$")
_EXAMPLE = re.compile(r"\*\*Example\*\*: `(python -m ops [^`]+)`")


def program_arguments(line: str) -> list[str] | None:
    """What a line gives to ``python -m ops``; None if it does not call it."""
    _, called, rest = line.partition("python -m ops ")
    return shlex.split(_END.split(rest)[0]) if called else None


def parse(arguments: list[str]) -> str:
    """Parse a command line as the program does, run nothing, and say which command it is."""
    command: Any = typer.main.get_command(app)
    path: list[str] = []
    while hasattr(command, "commands"):
        name = arguments.pop(0)
        path.append(name)
        command = command.commands[name]
    if "--help" not in arguments:
        command.make_context(path[-1], arguments)
    return " ".join(path)


def examples() -> dict[str, str]:
    """The example that each command's help has, by the command's name."""
    return dict(_examples(typer.main.get_command(app), ()))


def _examples(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, member in getattr(command, "commands", {}).items():
        yield from _examples(member, (*path, name))
    if not hasattr(command, "commands"):
        (line,) = _EXAMPLE.findall(command.help)
        yield " ".join(path), line
