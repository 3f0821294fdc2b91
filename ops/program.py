"""The program: its commands, and how it ends."""

from __future__ import annotations

import typer

from ops.answers import Exit
from ops.command import QuietGroup
from ops.commands import doctor, explain, plan, pool_calls, probe, revoke, sessions, ttl
from ops.world import World

_EPILOGUE = """\
**Exit codes**: 0 fine · 1 a finding, or refused · 2 usage, or no such thing · 3 AWS, the ledger or
the trail unavailable, nothing changed · 4 not confirmed, nothing done · 5 changed in part: repeat ·
70 a defect of this program · 74 the answer could not be written · 130 interrupted.

Tokens are read from standard input or `--token-file`, never from the command line. `--json` prints
one object for scripts. Changes ask first (`--yes` skips), want a `--reason`, and are written to the
deployment's trail before and after.
"""

app = typer.Typer(
    name="ops",
    cls=QuietGroup,
    help="See a deployment, tune it, use it in an incident.",
    epilog=_EPILOGUE,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

#: One module for each group of commands, in the order of the help.
for module in (explain, sessions, revoke, ttl, pool_calls, doctor, plan, probe):
    module.register(app)


def main() -> None:
    """Run it and exit."""
    app(obj=World())


__all__ = ["Exit", "app", "main"]
