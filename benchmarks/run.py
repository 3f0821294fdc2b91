"""What every measurement is given: a folder, a clock, rounds that show their progress."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.bundles import Folders, build_folders
from benchmarks.figures import Figure
from benchmarks.pool import new_token, write_events
from transport import WallClock

Measure = Callable[["Run"], Sequence[Figure]]

_QUICK_ROUNDS = 1
_QUICK_COUNT = 5


@dataclass
class Run:
    """One run of some measurements.

    Attributes:
        scratch: an empty folder.
        clock: wall-clock time, for tokens.
        is_quick: as few samples as show that a measurement works; its figures mean nothing.
        on_round: called before each round.
        charts: the folder for charts that a measurement draws itself.
    """

    scratch: Path
    clock: WallClock
    charts: Path
    is_quick: bool = False
    on_round: Callable[[], object] = lambda: None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @cached_property
    def folders(self) -> Folders:
        """The candidates' bundles, built when first wanted."""
        return build_folders(self.scratch / "bundles")

    def rounds(self, full: int) -> Iterator[int]:
        """Numbers of rounds."""
        for number in range(min(full, _QUICK_ROUNDS) if self.is_quick else full):
            self.on_round()
            yield number

    def count(self, full: int) -> int:
        """How many times something is done in a round."""
        return _QUICK_COUNT if self.is_quick else full

    def tokens(self, count: int) -> list[str]:
        """Tokens of as many sessions."""
        now = self.clock()
        return [new_token(now) for _ in range(count)]

    def events(self, count: int) -> Path:
        """A file with events of as many sessions."""
        file = self.file("events")
        write_events(file, self.tokens(count))
        return file

    def file(self, what: str) -> Path:
        """The name of a file that is not there yet."""
        return self.scratch / f"{what}-{next(self._numbers)}"
