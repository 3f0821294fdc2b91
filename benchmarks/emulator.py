"""A whole invocation under AWS's Runtime Interface Emulator, beside that of an empty handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from benchmarks import programs
from benchmarks.emulated import Emulated, emulated
from benchmarks.figures import Figure, compare, figure
from benchmarks.processes import Program, loopback_server
from benchmarks.run import Run
from benchmarks.series import Series, percentile, take_turns
from local.runtime.tools import fetch_tools

ROUNDS = 20
INVOCATIONS = 100
_WARM_UP = 200

_EMPTY = "def handler(event, context):\n    return {}\n"


def measure(run: Run) -> list[Figure]:
    """Median and 99th percentile, and how much more than an empty handler's the median is."""
    tools = fetch_tools()
    empty = run.file("empty")
    empty.mkdir()
    (empty / "empty_handler.py").write_text(_EMPTY)
    event = run.events(1).read_bytes()
    with ExitStack() as stack:
        endpoint = stack.enter_context(loopback_server())
        candidates = {
            "ours": programs.authorizer(run, endpoint, has_ledger=False, remembers=True),
            "empty": Program("empty_handler.handler", (empty,), {}),
            "textbook": programs.textbook(run, endpoint),
        }
        functions = {
            name: stack.enter_context(emulated(program, tools, run.file("log")))
            for name, program in candidates.items()
        }
        for function in functions.values():
            for _ in range(run.count(_WARM_UP)):
                function.invoke(event)
        taken = take_turns(
            run.rounds(ROUNDS),
            {name: _in_a_row(run, function, event) for name, function in functions.items()},
        )
    return _figures(taken)


def _in_a_row(run: Run, function: Emulated, event: bytes) -> Callable[[], Sequence[float]]:
    """The milliseconds of each invocation of one turn.

    A turn is not one invocation: in Lambda a sandbox has its machine to itself, here several of
    them would empty each other's caches.
    """
    return lambda: [function.invoke(event) for _ in range(run.count(INVOCATIONS))]


def _figures(taken: Mapping[str, Sequence[Sequence[float]]]) -> list[Figure]:
    found = []
    for percent in (50, 99):
        series = {
            name: Series(tuple(percentile(one, percent) for one in rounds), len(rounds[0]))
            for name, rounds in taken.items()
        }
        if percent == 50:
            more = series["ours"].combine(series["empty"], lambda mine, theirs: mine - theirs)
            title = "Invocation, p50, beyond an empty handler's"
            found.append(figure("emulator.overhead", title, "ms", more))
        for name, peer in (("empty", "an empty handler"), ("textbook", "textbook, asks each time")):
            found.append(
                compare(
                    f"emulator.p{percent}_{name}",
                    f"Invocation, p{percent}",
                    "ms",
                    ours=series["ours"],
                    peer=peer,
                    theirs=series[name],
                )
            )
    return found
