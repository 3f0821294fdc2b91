"""A free port of this machine that is taken from the start: whose number others can be told before
anybody answers there.
"""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Self

#: Requests wait in this queue until the program has started.
_BACKLOG = 128


class ListeningSocket:
    """A socket that listens on 127.0.0.1, to be handed on to a program.

    Attributes:
        url: where it will answer.
    """

    def __init__(self, host: str) -> None:
        """
        Args:
            host: the name it goes by: ``localhost`` or ``127.0.0.1``, which to a browser are two
                sites.
        """
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"

    @property
    def descriptor(self) -> int:
        """The file descriptor that a program inherits."""
        return self._socket.fileno()

    def close(self) -> None:
        """Let go of it: from now on it listens for as long as the program that inherited it."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
