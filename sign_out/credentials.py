"""The tokens in a request: unverified text, and where it stood.

An access token may stand in ``Authorization``, in the body or in a cookie, a refresh token in the
body or in a cookie. The body is JSON or a form, with the members ``access_token``,
``refresh_token``, ``issuer``, ``client_id``, ``everywhere`` and ``return_to``.

A token that is sent and can't be taken is a flaw of the request, and not one that was not sent: who
is told to be signed out and loses the cookies could not repeat it. A cookie may come twice, of
another path or domain, or because a neighbour's page has set one for both
(RFC 6265, sections 4.2.2 and 8.6). Nobody chooses between two values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from proxy_integration.request import ProxyRequest
from sign_out.settings import Settings

FORM = "application/x-www-form-urlencoded"

#: RFC 6750, section 2.1.
_ACCESS_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
#: RFC 6749, appendix A.17, without spaces and what is too short for a secret.
_REFRESH_TOKEN = re.compile(r"[\x21-\x7e]{16,}")
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
    flaw: str
    """What was sent and can't be taken: ``body``, or a token's member; empty if all can."""

    def __repr__(self) -> str:
        """Without tokens and without what the caller wrote."""
        return f"SignOutRequest(is_from_cookie={self.is_from_cookie})"


def read_sign_out(request: ProxyRequest, settings: Settings) -> SignOutRequest:
    """Find the tokens: of each kind those in hand, or else those in its cookie."""
    pairs = _pairs(request)
    members = dict(pairs or ())
    access = [request.bearer_token] if request.has_bearer else _sent(pairs, "access_token")
    refresh = _sent(pairs, "refresh_token")
    cookie_access = () if access else request.cookies.get(settings.access_token_cookie, ())
    cookie_refresh = () if refresh else request.cookies.get(settings.refresh_token_cookie, ())
    access_token = _one(access or cookie_access, _ACCESS_TOKEN, settings)
    refresh_token = _one(refresh or cookie_refresh, _REFRESH_TOKEN, settings)
    flaws = {
        "body": pairs is None,
        "access_token": bool(access or cookie_access) and access_token is None,
        "refresh_token": bool(refresh or cookie_refresh) and refresh_token is None,
    }
    return SignOutRequest(
        access_token=access_token,
        refresh_token=refresh_token,
        is_from_cookie=bool(cookie_access or cookie_refresh),
        issuer=_text(members.get("issuer")),
        client_id=_text(members.get("client_id")),
        is_everywhere=_is_yes(members.get("everywhere")),
        return_to=_text(members.get("return_to")),
        is_form=request.media_type == FORM,
        flaw=next((name for name, is_flawed in flaws.items() if is_flawed), ""),
    )


def _pairs(request: ProxyRequest) -> Sequence[tuple[str, Any]] | None:
    """The body's members, of one name perhaps several; None if it can't be read."""
    if not request.body:
        return ()
    try:
        if request.media_type == FORM:
            return parse_qsl(request.body.decode(), strict_parsing=True, max_num_fields=20)
        document = json.loads(request.body, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, tuple) else None


def _sent(pairs: Sequence[tuple[str, Any]] | None, name: str) -> list[Any]:
    return [value for other, value in pairs or () if other == name and value not in (None, "")]


def _one(values: Sequence[Any], form: re.Pattern[str], settings: Settings) -> str | None:
    """The token that all of them are; None if they differ, or can't be one: what can't is not worth
    a call of a bounded number.
    """
    token = values[0] if values else None
    if not isinstance(token, str) or values.count(token) < len(values):
        return None
    is_token = len(token) <= settings.token_max_bytes and form.fullmatch(token) is not None
    return token if is_token else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_yes(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in _YES)
