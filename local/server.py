"""A quiet, threaded WSGI server on the loopback interface, for the length of a ``with``."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

#: Where a WSGI environment holds the header lines as they were sent: WSGI itself folds their
#: names into upper case and joins what was sent twice.
RAW_HEADERS = "local.raw_headers"

#: How often the server looks whether it shall stop, and so how long stopping takes.
POLL_SECONDS = 0.02


class _Handler(WSGIRequestHandler):
    # Without this an answer in two packets waits 40 ms for the other side's delayed ACK.
    disable_nagle_algorithm = True

    def make_environ(self) -> WSGIEnvironment:
        environ = super().make_environ()
        environ[RAW_HEADERS] = list(self.headers.items())
        return environ

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are not logged: they carry tokens, and the terminal tells a story."""


class LoopbackServer:
    """Serves ``app`` from a thread of its own, each request in another."""

    def __init__(self, app: WSGIApplication, *, port: int = 0) -> None:
        """
        Args:
            app: what to serve.
            port: 0 for any free one.
        """
        self._server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True
        )

    @property
    def url(self) -> str:
        """Where it answers, without a trailing slash."""
        return f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
