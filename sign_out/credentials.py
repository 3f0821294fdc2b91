"""The tokens in a request: unverified text, and where it stood.

An access token may stand in ``Authorization``, in the body or in a cookie, a refresh token in the
body or in a cookie. The body is JSON or a form, with the members ``access_token``,
``refresh_token``, ``issuer``, ``client_id``, ``everywhere`` and ``return_to``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from proxy_integration.request import ProxyRequest
from sign_out.settings import Settings

FORM = "application/x-www-form-urlencoded"

#: RFC 6749, appendix A.17, without what no issuer writes.
_REFRESH_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,}")
_YES = frozenset({"true", "1", "on", "yes"})


@dataclass(frozen=True, slots=True)
class SignOutRequest:
    """What was asked for. Nothing of it is known to be true."""

    access_token: str | None
    refresh_token: str | None
    is_from_cookie: bool
    issuer: str
    client_id: str
    is_everywhere: bool
    return_to: str
    is_form: bool

    def __repr__(self) -> str:
        """Without tokens and without what the caller wrote."""
        return f"SignOutRequest(is_from_cookie={self.is_from_cookie})"


def read_sign_out(request: ProxyRequest, settings: Settings) -> SignOutRequest:
    """Find the tokens. Whatever can't be read counts as not sent: see :mod:`sign_out.flow`."""
    members = _members(request)
    access = request.bearer_token or _text(members, "access_token")
    refresh = _text(members, "refresh_token")
    cookie_access = _cookie(request, settings.access_token_cookie) if access is None else None
    cookie_refresh = _cookie(request, settings.refresh_token_cookie) if refresh is None else None
    return SignOutRequest(
        access_token=_short(access or cookie_access, settings),
        refresh_token=_refresh_token(_short(refresh or cookie_refresh, settings)),
        is_from_cookie=cookie_access is not None or cookie_refresh is not None,
        issuer=_text(members, "issuer") or "",
        client_id=_text(members, "client_id") or "",
        is_everywhere=_is_yes(members.get("everywhere")),
        return_to=_text(members, "return_to") or "",
        is_form=request.media_type == FORM,
    )


def _members(request: ProxyRequest) -> Mapping[str, Any]:
    try:
        if request.media_type == FORM:
            pairs = parse_qsl(request.body.decode(), strict_parsing=True, max_num_fields=20)
            return dict(pairs)
        document = json.loads(request.body) if request.body else {}
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _cookie(request: ProxyRequest, name: str) -> str | None:
    return request.cookie(name) if name else None


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    return value if isinstance(value, str) and value else None


def _short(token: str | None, settings: Settings) -> str | None:
    return token if token is not None and len(token) <= settings.token_max_bytes else None


def _refresh_token(token: str | None) -> str | None:
    """None for what can't be one: it is not worth a call of a bounded number."""
    return token if token is not None and _REFRESH_TOKEN.fullmatch(token) else None


def _is_yes(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in _YES)
