"""Moments and durations as people write them."""

from __future__ import annotations

import math
import re
from datetime import datetime

from ops.answers import UsageError

_DURATION = re.compile(r"(?P<number>\d{1,6})(?P<unit>[smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def read_moment(text: str, *, now: float) -> int:
    """A moment that has passed: RFC 3339 with its offset, or ``now``. Seconds since the epoch.

    Raises:
        UsageError: it is none; or it lies ahead: marks only rise, so nobody could take it back, and
            until then nobody could sign in.
    """
    if text == "now":
        return int(now) + 1
    try:
        moment = datetime.fromisoformat(text)
        # Sign-ins are told in whole seconds: one that began before it in its second is meant, too.
        seconds = math.ceil(moment.timestamp()) if moment.tzinfo is not None else 0
    except (ValueError, OverflowError):
        seconds = 0
    # Nobody signed in before 1970, where a moment is no number that a mark takes.
    if seconds <= 0:
        raise UsageError("moment", "write a moment as 2026-11-20T13:00:00Z, or now")
    if seconds > now + 1:
        raise UsageError("moment", "that moment lies ahead: nobody could sign in until then")
    return seconds


def read_duration(text: str) -> int:
    """``90s``, ``15m``, ``1h`` or ``2d`` in seconds. Raises UsageError."""
    match = _DURATION.fullmatch(text)
    seconds = int(match["number"]) * _UNITS[match["unit"]] if match else 0
    if seconds == 0:
        raise UsageError("duration", "write a duration as 90s, 15m, 1h or 2d")
    return seconds
