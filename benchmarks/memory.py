"""Peak memory of a process that started, and then answered 1,000 sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks import programs
from benchmarks.figures import Figure, compare
from benchmarks.processes import Program, loopback_server, start_fresh
from benchmarks.run import Run
from benchmarks.series import in_turn

ROUNDS = 3
REQUESTS = 1001


def measure(run: Run) -> list[Figure]:
    """Ledger off and on, against the textbook's."""
    requests = run.count(REQUESTS)
    events = run.events(requests)

    def peak(program: Program) -> Callable[[], Sequence[float]]:
        return lambda: (start_fresh(program, events).peak_bytes / 1e6,)

    with loopback_server() as endpoint:
        candidates = {
            "off": peak(programs.authorizer(run, endpoint, has_ledger=False)),
            "on": peak(programs.authorizer(run, endpoint, has_ledger=True)),
            "textbook": peak(programs.textbook(run, endpoint)),
        }
        series = in_turn(run.rounds(ROUNDS), candidates)
    return [
        compare(
            f"memory.ledger_{name}",
            f"Peak memory after 1,000 sessions, ledger {name}",
            "MB",
            ours=series[name],
            peer="textbook",
            theirs=series["textbook"],
        )
        for name in ("off", "on")
    ]
