"""A whole decision about a session and token that were seen before, log line included."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks import programs, stopwatch
from benchmarks.figures import Figure, compare
from benchmarks.first_seen import write_tokens
from benchmarks.processes import Program, Worker, handler_worker, loopback_server, node_worker
from benchmarks.run import Run
from benchmarks.series import in_turn

ROUNDS = 25
REQUESTS = 200
#: The textbook asks Cognito each time; a tenth is enough to know it.
_TEXTBOOK_REQUESTS = 20
_WARM_UP = 2000


def measure(run: Run) -> list[Figure]:
    """The handler of this project against aws-jwt-verify's bare verification, and the textbook."""
    [token] = run.tokens(1)
    tokens = run.file("tokens")
    write_tokens(tokens, [token])
    events = run.events(1)
    with ExitStack() as stack:
        endpoint = stack.enter_context(loopback_server())

        def serve(program: Program) -> Worker:
            return stack.enter_context(handler_worker(program, events, run.file("log")))

        off, on = (
            serve(programs.authorizer(run, endpoint, has_ledger=has_ledger, remembers=True))
            for has_ledger in (False, True)
        )
        textbook = serve(programs.textbook(run, endpoint))
        node = stack.enter_context(node_worker(tokens, is_distinct=False))
        requests, few = run.count(REQUESTS), run.count(_TEXTBOOK_REQUESTS)
        for worker in (off, on, node):
            worker.do(run.count(_WARM_UP))
        textbook.do(few)
        series = in_turn(
            run.rounds(ROUNDS),
            {
                "off": stopwatch.worker(off, requests),
                "on": stopwatch.worker(on, requests),
                "node": stopwatch.worker(node, requests),
                "textbook": stopwatch.worker(textbook, few),
            },
        )
    return [
        *(
            compare(
                f"handler.ledger_{name}",
                f"Whole handler, seen before, ledger {name}",
                "µs",
                ours=series[name],
                peer="aws-jwt-verify, verification alone",
                theirs=series["node"],
            )
            for name in ("off", "on")
        ),
        compare(
            "handler.textbook",
            "Whole handler, seen before, ledger off",
            "µs",
            ours=series["off"],
            peer="textbook, asks each time",
            theirs=series["textbook"],
        ),
    ]
