"""Sets the time that this Python process sees: to what a file says, at any moment.

Python imports this by its name before anything else. The deployed code is not touched; it
stands on a machine whose clock somebody turns.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

_file = os.environ.pop("MOVED_CLOCK_FILE", "")


def _clock(descriptor: int) -> Callable[[], float]:
    def now() -> float:
        return float(os.pread(descriptor, 64, 0))

    return now


if _file:
    # The monotonic clock runs on: time-outs are about this machine, and not about the story.
    time.time = _clock(os.open(_file, os.O_RDONLY))
