"""What the process holds at a moment: memory, threads, file descriptors."""

from __future__ import annotations

import ctypes
import gc
import tracemalloc
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading. ``at_seconds`` counts from the beginning of what is judged."""

    at_seconds: float
    resident_mib: float
    """Of the whole process: servers, sandboxes, moto, the load itself."""
    python_mib: float
    """What Python's allocator has given out since the load began, and not got back."""
    threads: float
    descriptors: float
    """Open files and sockets."""


class Sampler:
    """Reads the own process. Memory is traced for the length of a ``with``."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._before: tracemalloc.Snapshot | None = None
        # glibc's; other C libraries have none.
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)

    def __enter__(self) -> Self:
        tracemalloc.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tracemalloc.stop()
        gc.unfreeze()

    def begin(self) -> None:
        """Take what is held now as where growth is counted from."""
        # What is here now is not looked at again, which makes each collection a quick one.
        gc.collect()
        gc.freeze()
        self._before = _snapshot()

    def read(self, at_seconds: float) -> Sample:
        """A reading now, without what is merely waiting to be collected: that is no leak.

        Nor is memory that the C library keeps for later: threads come and go with each request,
        and leave holes in its heaps. It is asked to give back what nobody uses.
        """
        gc.collect()
        if self._trim is not None:
            self._trim(0)
        return Sample(
            at_seconds=at_seconds,
            resident_mib=self._process.memory_info().rss / 2**20,
            python_mib=tracemalloc.get_traced_memory()[0] / 2**20,
            threads=self._process.num_threads(),
            descriptors=self._process.num_fds(),
        )

    def most_grown(self, count: int) -> list[tuple[str, float, int]]:
        """The lines of code whose memory has grown most: place, KiB, blocks."""
        assert self._before is not None
        gc.collect()
        grown = _snapshot().compare_to(self._before, "lineno")
        grown.sort(key=lambda line: line.size_diff, reverse=True)
        return [
            (_place(line.traceback), line.size_diff / 1024, line.count_diff)
            for line in grown[:count]
            if line.size_diff > 0
        ]


def _snapshot() -> tracemalloc.Snapshot:
    return tracemalloc.take_snapshot().filter_traces(
        [
            tracemalloc.Filter(inclusive=False, filename_pattern=tracemalloc.__file__),
            tracemalloc.Filter(inclusive=False, filename_pattern=__file__),
        ]
    )


def _place(traceback: tracemalloc.Traceback) -> str:
    frame = traceback[0]
    return "/".join(frame.filename.split("/")[-3:]) + f":{frame.lineno}"
