"""The Lambda's entry point: ``sign_out.handler.handler``."""

from __future__ import annotations

import os
from typing import Any

from sign_out.wiring import wire

endpoint = wire(os.environ)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer one request; see :mod:`sign_out.flow`."""
    return endpoint.handle(event, context.aws_request_id)
