"""The example's backend. It reads who calls from the authorizer's context, not from the token."""

from __future__ import annotations

from typing import Any


def orders(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer with no orders."""
    return {"statusCode": 200, "body": "[]"}


def connect(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Accept the connection."""
    return {"statusCode": 200}
