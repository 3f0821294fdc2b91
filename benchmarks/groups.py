"""Every group of figures by name, in the order of the table."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import (
    cold_start,
    emulator,
    first_seen,
    get_user,
    handler,
    log_line,
    memory,
    scale,
    size,
)
from benchmarks.run import Measure

GROUPS: Mapping[str, Measure] = {
    "cold_start": cold_start.measure,
    "first_seen": first_seen.measure,
    "handler": handler.measure,
    "emulator": emulator.measure,
    "get_user": get_user.measure,
    "log_line": log_line.measure,
    "memory": memory.measure,
    "size": size.measure,
    "scale": scale.measure,
}
