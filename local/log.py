"""A log in memory, which can be emptied while functions write to it."""

from __future__ import annotations

import io
import threading


class Log(io.StringIO):
    """What was written since it was last taken. Each writer writes whole lines."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        """Append."""
        with self._lock:
            return super().write(text)

    def take(self) -> list[str]:
        """The lines so far, oldest first; they are not kept."""
        with self._lock:
            lines = self.getvalue().splitlines()
            self.seek(0)
            self.truncate()
        return lines
