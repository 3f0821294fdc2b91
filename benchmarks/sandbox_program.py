# ruff: noqa: PTH123
"""What runs in a fresh interpreter: a handler, as AWS's runtime client runs it, on a stopwatch.

It is started as a file, with nothing of this project but a bundle on its path, so it imports the
standard library alone. ``once`` answers the events of a file in turn, and writes moments and
peak memory; ``serve`` answers the file's first event as often as its input says.

Moments are ``perf_counter_ns``: on Linux and macOS the one monotonic clock of the machine, so that
whoever started this process can subtract its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import sys
import time

# What this file imports, no candidate has to: pathlib and typing stay out.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Handler = Callable[[Any, Any], Any]


class Context:
    """What the handlers read of Lambda's context."""

    function_name = "authorizer"
    function_version = "$LATEST"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:authorizer"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


class Unbuffered:
    """Standard output as AWS's runtime client leaves it: each write leaves at once."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> None:
        """Write and flush."""
        self.stream.write(text)
        self.stream.flush()

    def writelines(self, lines: list[str]) -> None:
        """Write and flush."""
        self.stream.writelines(lines)
        self.stream.flush()


def load(name: str) -> Handler:
    """The handler of that name, ``package.module.function``; its module is imported."""
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), function)
    return handler


def once(handler_name: str, events: str, results: str) -> None:
    """Import, answer every event of the file, write what it took."""
    begun = time.perf_counter_ns()
    context = Context()
    with open(events) as lines:
        first = json.loads(next(lines))
        handler = load(handler_name)
        wired = time.perf_counter_ns()
        handler(first, context)
        answered = time.perf_counter_ns()
        for line in lines:
            handler(json.loads(line), context)
    moments = {"begun": begun, "wired": wired, "answered": answered, "peak_bytes": peak_bytes()}
    with open(results, "w") as file:
        json.dump(moments, file)


def serve(handler_name: str, events: str, answers: Any) -> None:
    """For each line ``n`` of the input: the nanoseconds of each of ``n`` answers, as JSON."""
    context = Context()
    with open(events) as lines:
        event = json.loads(next(lines))
    handler = load(handler_name)
    for count in commands():
        gc.collect()
        taken = []
        for _ in range(count):
            started = time.perf_counter_ns()
            handler(event, context)
            taken.append(time.perf_counter_ns() - started)
        answers.write(f"{json.dumps(taken)}\n")
        answers.flush()


def commands() -> Iterator[int]:
    """The numbers on standard input, as they come."""
    while line := sys.stdin.readline():
        yield int(line)


def peak_bytes() -> int:
    """The most memory that this process has had resident.

    ``ru_maxrss`` survives ``exec`` on Linux: a child begins with its parent's. ``VmHWM`` does not.
    """
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line[:5] == "VmHWM")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main(mode: str, handler_name: str, events: str, results: str) -> None:
    """Run; log lines go to standard output, and the answers of ``serve`` to where that was."""
    sys.stdout = Unbuffered(sys.stdout)
    if mode == "once":
        once(handler_name, events, results)
        return
    with os.fdopen(os.dup(1), "w") as answers, open(results, "w") as log:
        os.dup2(log.fileno(), 1)
        serve(handler_name, events, answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
