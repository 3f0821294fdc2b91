"""The Lambda's entry point: ``pre_token_hook.handler.handler``."""

from __future__ import annotations

import os
from typing import Any

from pre_token_hook.wiring import wire

hook = wire(os.environ)


def handler(event: Any, context: Any) -> Any:
    """Handle one event of Cognito's; see :mod:`pre_token_hook.hook`."""
    return hook.handle(event, context.aws_request_id)
