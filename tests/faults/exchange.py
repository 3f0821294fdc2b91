"""One request by the product's HTTPS transport, with time-outs that are over in no time."""

from __future__ import annotations

import time
from typing import Any

from transport import Answer, Deadline, MonotonicClock
from transport.https import HttpsTransport


def transport(**changes: Any) -> HttpsTransport:
    """Short time-outs: every failure here is over in a fraction of a second."""
    settings: dict[str, Any] = {
        "connect_timeout_ms": 200,
        "read_timeout_ms": 200,
        "clock": time.monotonic,
    }
    return HttpsTransport(**(settings | changes))


def send(
    to: HttpsTransport,
    url: str,
    *,
    seconds: float = 2.0,
    max_bytes: int = 1000,
    path: str = "/",
    clock: MonotonicClock = time.monotonic,
) -> Answer:
    return to.request(
        "POST",
        url + path,
        headers={"X-Test": "1"},
        body=b"{}",
        max_bytes=max_bytes,
        deadline=Deadline.after(seconds, clock),
    )
