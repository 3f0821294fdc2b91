"""The Lambda's entry point: ``authorizer.handler.handler``."""

from __future__ import annotations

import os
from typing import Any

from authorizer.wiring import wire

authorizer = wire(os.environ)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer one event of API Gateway's; see :mod:`authorizer.flow`."""
    return authorizer.handle(event, context.aws_request_id)
