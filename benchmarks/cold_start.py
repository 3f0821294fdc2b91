"""From the start of a fresh interpreter to the first answer, keys and ``GetUser`` included."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks import programs
from benchmarks.figures import Figure, compare, figure
from benchmarks.processes import (
    Program,
    Start,
    empty_interpreter_ms,
    loopback_server,
    start_fresh,
)
from benchmarks.run import Run
from benchmarks.series import Series, in_turn

ROUNDS = 21


def measure(run: Run) -> list[Figure]:
    """Ledger off and on; with the bundles' bytecode, and without as `/var/task` often has it."""
    figures: list[Figure] = []
    with loopback_server() as endpoint:
        for has_bytecode in (True, False):
            figures += _measure(run, endpoint, has_bytecode=has_bytecode)
    return figures


def _measure(run: Run, endpoint: str, *, has_bytecode: bool) -> list[Figure]:
    how = "bytecode" if has_bytecode else "source"
    off, on = (
        programs.authorizer(run, endpoint, has_ledger=has_ledger, has_bytecode=has_bytecode)
        for has_ledger in (False, True)
    )
    textbook = programs.textbook(run, endpoint, has_bytecode=has_bytecode)
    starts: dict[str, list[Start]] = {"off": [], "on": [], "textbook": []}

    def start(name: str, program: Program) -> Callable[[], Sequence[float]]:
        def once() -> Sequence[float]:
            starts[name].append(start_fresh(program, run.events(1)))
            return (starts[name][-1].answered_ms,)

        return once

    candidates = {
        "off": start("off", off),
        "on": start("on", on),
        "textbook": start("textbook", textbook),
        "empty": lambda: (empty_interpreter_ms(),),
    }
    series = in_turn(run.rounds(ROUNDS), candidates)
    wired = {name: Series(tuple(one.wired_ms for one in seen)) for name, seen in starts.items()}
    title = f"Cold start, {'with' if has_bytecode else 'without'} bytecode"
    found = [
        compare(
            f"cold_start.{how}.ledger_{name}",
            f"{title}, ledger {name}",
            "ms",
            ours=series[name],
            peer="textbook",
            theirs=series["textbook"],
        )
        for name in ("off", "on")
    ]
    if has_bytecode:
        found.append(
            compare(
                "cold_start.import",
                "of which until the handler is imported, ledger off",
                "ms",
                ours=wired["off"],
                peer="textbook",
                theirs=wired["textbook"],
            )
        )
        found.append(
            figure("cold_start.empty", "an interpreter that does nothing", "ms", series["empty"])
        )
    return found
