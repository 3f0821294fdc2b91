"""The Lambda's entry point: ``session_feed.handler.handler``."""

from __future__ import annotations

import os
from typing import Any

from session_feed.wiring import wire

feed = wire(os.environ)


def handler(event: Any, context: Any) -> None:
    """Handle one event of EventBridge's; see :mod:`session_feed.feed`."""
    feed.handle(event, context.aws_request_id)
