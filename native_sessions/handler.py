"""The Lambda's entry point: ``native_sessions.handler.handler``."""

from __future__ import annotations

import os
from typing import Any

from native_sessions.wiring import wire

resources = wire(os.environ)


def handler(event: Any, context: Any) -> None:
    """Handle one request of CloudFormation's; see :mod:`native_sessions.resources`."""
    resources.handle(event, context.aws_request_id)
