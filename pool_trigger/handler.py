"""The Lambda's entry point: ``pool_trigger.handler.handler``."""

from __future__ import annotations

import os
from typing import Any

from pool_trigger.wiring import wire

resources = wire(os.environ)


def handler(event: Any, context: Any) -> None:
    """Handle one request of CloudFormation's; see :mod:`pool_trigger.resources`."""
    resources.handle(event, context.aws_request_id)
