"""The event of a proxy integration, read into headers, cookies and a body. All of it is hostile."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_BEARER = re.compile(r"bearer +(?P<token>[A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
#: Whatever comes behind the scheme; HTTP APIs join several headers by commas.
_CREDENTIALS = re.compile(r"(?:^|,)[ \t]*bearer[ \t]+[^ \t,]", re.IGNORECASE)


class EventError(Exception):
    """The event is not one of a proxy integration, or its body can't be taken."""


class PayloadFormat(StrEnum):
    """What API Gateway calls the two forms of its events."""

    V1 = "1.0"
    V2 = "2.0"


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """One request. Header names are in lower case; a header or cookie may have several values."""

    payload_format: PayloadFormat
    method: str
    headers: Mapping[str, tuple[str, ...]]
    cookies: Mapping[str, tuple[str, ...]]
    body: bytes

    def __repr__(self) -> str:
        """Without what the caller wrote."""
        return f"ProxyRequest(payload_format={self.payload_format!r})"

    def header(self, name: str) -> str | None:
        """The one value of a header; None if it is absent, or there are several."""
        values = set(self.headers.get(name, ()))
        return values.pop() if len(values) == 1 else None

    @property
    def has_bearer(self) -> bool:
        """Whether an Authorization header carries something as a token, if only in part."""
        return any(map(_CREDENTIALS.search, self.headers.get("authorization", ())))

    @property
    def bearer_token(self) -> str | None:
        """What the Authorization header carries (RFC 6750, section 2.1); None if it is no token, or
        there are several.
        """
        match = _BEARER.fullmatch(self.header("authorization") or "")
        return match["token"] if match else None

    @property
    def media_type(self) -> str:
        """The body's media type in lower case, without parameters (RFC 9110, section 8.3.1)."""
        return (self.header("content-type") or "").partition(";")[0].strip(" \t").lower()


def read_request(event: Any, *, max_body_bytes: int) -> ProxyRequest:
    """Read an event.

    Raises:
        EventError: it is none of a proxy integration's, or its body is longer than allowed.
    """
    if not isinstance(event, dict):
        raise EventError("not an event")
    if event.get("version") == "2.0":
        context = _members(_members(event.get("requestContext")).get("http"))
        payload_format, method = PayloadFormat.V2, context.get("method")
    else:
        payload_format, method = PayloadFormat.V1, event.get("httpMethod")
    if not isinstance(method, str):
        raise EventError("not a proxy integration's event")
    headers = _headers(event)
    return ProxyRequest(
        payload_format=payload_format,
        method=method,
        headers=headers,
        cookies=_cookies(event, headers),
        body=_body(event, max_body_bytes),
    )


def _headers(event: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """``multiValueHeaders`` holds every value; ``headers`` the last, or all joined (2.0)."""
    found: dict[str, list[str]] = {}
    for name, values in _members(event.get("multiValueHeaders")).items():
        texts = values if isinstance(values, list) else []
        found.setdefault(name.lower(), []).extend(v for v in texts if isinstance(v, str))
    if not found:
        for name, value in _members(event.get("headers")).items():
            if isinstance(value, str):
                found.setdefault(name.lower(), []).append(value)
    return {name: tuple(value.strip(" \t") for value in values) for name, values in found.items()}


def _cookies(
    event: Mapping[str, Any], headers: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    listed = event.get("cookies")
    if isinstance(listed, list):
        pairs = [pair for pair in listed if isinstance(pair, str)]
    else:
        pairs = [pair for header in headers.get("cookie", ()) for pair in header.split(";")]
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, separator, value = pair.strip(" \t").partition("=")
        if separator and name and value:
            found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _body(event: Mapping[str, Any], max_bytes: int) -> bytes:
    text = event.get("body")
    if text is None:
        return b""
    if not isinstance(text, str) or len(text) > 2 * max_bytes:
        raise EventError("a body that can't be taken")
    try:
        raw = text.encode()
        body = base64.b64decode(raw, validate=True) if event.get("isBase64Encoded") is True else raw
    except (UnicodeEncodeError, binascii.Error):
        raise EventError("a body that can't be taken") from None
    if len(body) > max_bytes:
        raise EventError("a body that can't be taken")
    return body


def _members(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {name: member for name, member in value.items() if isinstance(name, str)}
