"""An HTTP answer, rendered as API Gateway expects it from a proxy integration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from proxy_integration.request import PayloadFormat


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer. None is ever to be stored: who is signed in or out is nobody else's to see."""

    status: int
    document: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    """Values of ``Set-Cookie``."""

    def with_headers(self, headers: Mapping[str, str]) -> HttpAnswer:
        """The same answer with further headers."""
        return replace(self, headers={**self.headers, **headers})

    def render(self, payload_format: PayloadFormat) -> dict[str, Any]:
        """The answer in the format of the event."""
        headers = {"Cache-Control": "no-store", **self.headers}
        body = ""
        if self.document is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(self.document)
        rendered: dict[str, Any] = {"statusCode": self.status, "headers": headers, "body": body}
        if self.cookies and payload_format is PayloadFormat.V2:
            rendered["cookies"] = list(self.cookies)
        elif self.cookies:
            rendered["multiValueHeaders"] = {"Set-Cookie": list(self.cookies)}
        return rendered
