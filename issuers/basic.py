"""How a client authenticates itself to its provider (RFC 6749, section 2.3.1)."""

from __future__ import annotations

import base64
from urllib.parse import quote


def basic_authorization(client_id: str, secret: str) -> str:
    """The ``Authorization`` header: name and secret are form-encoded before they are joined."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
