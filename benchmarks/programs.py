"""The candidates that are whole handlers, as programs."""

from __future__ import annotations

from benchmarks.bundles import AUTHORIZER_HANDLER, TEXTBOOK_HANDLER
from benchmarks.pool import authorizer_environ, textbook_environ
from benchmarks.processes import Program
from benchmarks.run import Run


def authorizer(
    run: Run, endpoint: str, *, has_ledger: bool, has_bytecode: bool = True, remembers: bool = False
) -> Program:
    """The handler of this project."""
    folders = run.folders
    return Program(
        AUTHORIZER_HANDLER,
        (folders.authorizer(has_bytecode=has_bytecode), folders.runtime),
        authorizer_environ(endpoint, has_ledger=has_ledger, remembers=remembers),
    )


def textbook(run: Run, endpoint: str, *, has_bytecode: bool = True) -> Program:
    """The textbook's."""
    folders = run.folders
    return Program(
        TEXTBOOK_HANDLER,
        (folders.textbook(has_bytecode=has_bytecode), folders.runtime),
        textbook_environ(endpoint),
    )
