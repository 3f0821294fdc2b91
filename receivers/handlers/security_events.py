"""A Lambda's entry point: ``receivers.handlers.security_events.handler``."""

from __future__ import annotations

import os
from typing import Any

from receivers.transmitters import Kind
from receivers.wiring import wire

receiver = wire(os.environ, Kind.SECURITY_EVENTS)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer one request; see :mod:`receivers.flow`."""
    return receiver.handle(event, context.aws_request_id)
