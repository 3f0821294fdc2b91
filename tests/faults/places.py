"""Addresses where nobody can be reached, or somebody else is: all of them on this machine."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum

from tests.faults.certificates import Authority, Flaw
from tests.faults.far_side import FarSide
from tests.faults.moods import TELLTALE
from tests.faults.sockets import OK


class Place(StrEnum):
    """Where a component is looked for in vain."""

    NO_SUCH_NAME = "has a name that does not resolve"
    NO_NAME = "has a name that is none"
    CLOSED_PORT = "refuses connections"
    SELF_SIGNED = "shows a self-signed certificate"
    OTHER_HOST = "shows another host's certificate"
    EXPIRED = "shows an expired certificate"
    NOT_YET_VALID = "shows a certificate that is not valid yet"
    CUT_HANDSHAKE = "closes in mid-handshake"
    NO_TLS = "does not speak TLS"
    MUTE_HANDSHAKE = "is mute in the handshake"


#: Longer than a name in DNS may be (RFC 1035, section 2.3.4), so that no resolver is asked.
_TOO_LONG_A_NAME = ".".join(["a" * 60] * 5)

_FLAWS = {
    Place.SELF_SIGNED: Flaw.SELF_SIGNED,
    Place.OTHER_HOST: Flaw.OTHER_HOST,
    Place.EXPIRED: Flaw.EXPIRED,
    Place.NOT_YET_VALID: Flaw.NOT_YET_VALID,
}


class Places:
    """Every place, as addresses."""

    def __init__(self, authority: Authority) -> None:
        self._closing = ExitStack()
        self._sides: list[FarSide] = []
        self.urls = {
            Place.NO_SUCH_NAME: f"https://{_TOO_LONG_A_NAME}",
            Place.NO_NAME: "https://cognito-idp..example",
            Place.CLOSED_PORT: self._closed_port(),
        }
        for place, flaw in _FLAWS.items():
            self.urls[place] = self._served(authority.server(flaw))
        self._raw(Place.CUT_HANDSHAKE, lambda c: c.recv(65536))
        self._raw(Place.NO_TLS, _speak_no_tls)
        self._raw(Place.MUTE_HANDSHAKE, _hang)

    def close(self) -> None:
        """Let go of all of them."""
        self._closing.close()

    def is_left(self) -> bool:
        """Whether the last connection to any of them ends."""
        return all(side.is_left() for side in self._sides)

    def _closed_port(self) -> str:
        # Bound, so that nobody else gets the port, and not listening.
        bound = socket.socket()
        self._closing.callback(bound.close)
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"

    def _served(self, context: ssl.SSLContext) -> str:
        return self._kept(FarSide(_never, context)).url

    def _raw(self, place: Place, behave: Callable[[socket.socket], object]) -> None:
        side = self._kept(FarSide(_never, greets=behave))
        self.urls[place] = side.url.replace("http:", "https:")

    def _kept(self, side: FarSide) -> FarSide:
        self._sides.append(side)
        self._closing.callback(side.close)
        return side


def _never(_request: object) -> tuple[str, bytes]:
    raise AssertionError("nobody may speak to a server that can't prove who it is")


def _speak_no_tls(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(OK + TELLTALE.encode())


def _hang(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass
