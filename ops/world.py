"""Everything outside of this program: clocks, terminal, the SDK's session. An argument in tests."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from getpass import getpass
from typing import Any, TextIO

import boto3

#: Makes an SDK session from a profile's name and a Region; None for what is configured.
MakeSession = Callable[[str | None, str | None], Any]


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _session(profile: str | None, region: str | None) -> Any:
    return boto3.Session(profile_name=profile, region_name=region)


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
        ask: asks for a line of text; the prompt goes to the terminal.
        ask_hidden: the same, without an echo.
    """

    clock: Callable[[], float] | None = None
    machine_clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    make_session: MakeSession = _session
    standard_input: TextIO = field(default_factory=lambda: sys.stdin)
    is_terminal: Callable[[], bool] = _is_terminal
    ask: Callable[[str], str] = input
    ask_hidden: Callable[[str], str] = getpass
