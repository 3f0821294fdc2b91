"""What AWS's JSON protocol answers, and where: all that a caller without signatures needs of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def service_endpoint(service: str, region: str) -> str:
    """Where a service answers in a Region.

    https://docs.aws.amazon.com/general/latest/gr/rande.html
    """
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{service}.{region}.{domain}"


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in ``body``; None if it holds anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def error_name(document: Mapping[str, Any]) -> str:
    """What an error is called; empty if it does not say so.

    The name may be qualified: ``com.amazonaws.…#NotAuthorizedException``.
    """
    name = document.get("__type")
    return name.rpartition("#")[2] if isinstance(name, str) else ""
