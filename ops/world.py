"""Everything outside of this program: clocks, terminal, the SDK's session. An argument in tests."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from getpass import getpass
from typing import Any, TextIO

import boto3

from transport import Deadline, TransportError
from transport.https import HttpsTransport

_PATIENCE_MS = 10_000
_MAX_BYTES = 65_536

#: Makes an SDK session from a profile's name and a Region; None for what is configured.
MakeSession = Callable[[str | None, str | None], Any]


def _is_terminal() -> bool:
    # Python has None for one that was closed before it began.
    return sys.stdin is not None and sys.stdin.isatty()


def _ask(prompt: str) -> str:
    """A line of standard input. Standard output is for the answer alone, which may be JSON."""
    with redirect_stdout(sys.stderr):
        return input(prompt)


def _session(profile: str | None, region: str | None) -> Any:
    return boto3.Session(profile_name=profile, region_name=region)


def _fetch(url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    transport = HttpsTransport(
        connect_timeout_ms=_PATIENCE_MS, read_timeout_ms=_PATIENCE_MS, clock=time.monotonic
    )
    deadline = Deadline.after(_PATIENCE_MS / 1000, time.monotonic)
    try:
        answer = transport.request(
            "GET", url, headers=headers, body=None, max_bytes=_MAX_BYTES, deadline=deadline
        )
    except TransportError:
        return 0, b""
    finally:
        transport.close()
    return answer.status, answer.body


@dataclass(frozen=True, slots=True)
class World:
    """What a run is given.

    Attributes:
        clock: seconds since the epoch, as AWS counts them; None to find that out.
        machine_clock: the same as this machine counts them.
        monotonic: for deadlines.
        pause: waits for so many seconds.
        make_session: see :data:`MakeSession`.
        standard_input: where tokens come from, if no file is named.
        is_terminal: whether somebody sits in front of it.
        ask: asks for a line of text; the prompt goes to standard error.
        ask_hidden: the same, without an echo.
        fetch: GET at an address with headers: status and body, and status 0 if nothing came.
    """

    clock: Callable[[], float] | None = None
    machine_clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    make_session: MakeSession = _session
    standard_input: TextIO = field(default_factory=lambda: sys.stdin or io.StringIO())
    is_terminal: Callable[[], bool] = _is_terminal
    ask: Callable[[str], str] = _ask
    ask_hidden: Callable[[str], str] = getpass
    fetch: Callable[[str, Mapping[str, str]], tuple[int, bytes]] = _fetch
