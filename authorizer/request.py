"""The gateway's event: which kind it is, what it asks for, and the one token in it.

Event shapes: REST API (TOKEN and REQUEST), HTTP API (payload 1.0 and 2.0), WebSocket API, AppSync.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from authorizer.choices import HttpApiResponse, TokenPlace
from authorizer.errors import Reason, refusal
from authorizer.policy import CONNECT
from authorizer.settings import Settings, TokenSource

#: arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod/GET/orders/17
_METHOD_ARN = re.compile(
    r"(?P<stage_arn>arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[A-Za-z0-9]+/[A-Za-z0-9_$-]{1,128})"
    r"/(?P<method>[A-Z]+|\$connect)(?P<path>/.*)?",
    re.DOTALL,
)
#: RFC 9110, section 11.4: the scheme in any case, one or more spaces, then RFC 6750's token68.
_BEARER = re.compile(r"bearer +(?P<token>[A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)

#: "Bearer" and a few spaces, beside a token of the longest kind that is allowed.
_MAX_SCHEME_CHARS = 16


class AnswerForm(StrEnum):
    """What the gateway can be answered with, which depends on the event's kind."""

    POLICY = "policy"
    """REST and WebSocket APIs: a policy, or an error whose text is ``Unauthorized``."""
    HTTP_POLICY = "http_policy"
    """HTTP APIs: a policy, or ``{"errorMessage": "Unauthorized"}``."""
    HTTP_SIMPLE = "http_simple"
    """HTTP APIs with payload 2.0 and simple responses."""
    APPSYNC = "appsync"
    """AppSync: yes or no, and the fields that are denied."""


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """One question of the gateway's.

    ``resource`` is ``METHOD/path`` as called, and with ``event`` it is the caller's text: it
    is matched and looked into, and never repeated. ``route`` is the API owner's own template.
    """

    form: AnswerForm
    stage_arn: str
    resource: str
    is_cacheable: bool
    route: str
    event: Mapping[str, Any]

    def __repr__(self) -> str:
        """Without what the caller wrote."""
        return f"GatewayRequest(form={self.form!r}, route={self.route!r})"


def read_request(event: Any, settings: Settings) -> GatewayRequest:
    """Recognise the event.

    Raises:
        UnavailableError: EVENT_MALFORMED, when it is none of the gateway's.
    """
    if not isinstance(event, dict):
        raise refusal(Reason.EVENT_MALFORMED)
    if _is_appsync(event):
        return GatewayRequest(AnswerForm.APPSYNC, "", "", is_cacheable=True, route="", event=event)
    version, kind = event.get("version"), event.get("type")
    if kind == "TOKEN" and version is None:
        form, arn = AnswerForm.POLICY, event.get("methodArn")
    elif kind == "REQUEST" and version == "2.0":
        simple = settings.http_api_response is HttpApiResponse.SIMPLE
        form = AnswerForm.HTTP_SIMPLE if simple else AnswerForm.HTTP_POLICY
        arn = event.get("routeArn")
    elif kind == "REQUEST" and version in ("1.0", None):
        form = AnswerForm.POLICY if version is None else AnswerForm.HTTP_POLICY
        arn = event.get("methodArn")
    else:
        raise refusal(Reason.EVENT_MALFORMED)
    match = _METHOD_ARN.fullmatch(arn) if isinstance(arn, str) else None
    if match is None:
        raise refusal(Reason.EVENT_MALFORMED)
    method, path = match["method"], match["path"] or ""
    is_connect = method == CONNECT
    return GatewayRequest(
        form=form,
        stage_arn=match["stage_arn"],
        resource=CONNECT if is_connect else f"{method}{path or '/'}",
        is_cacheable=not is_connect,
        route=_route_template(event),
        event=event,
    )


def read_token(request: GatewayRequest, settings: Settings) -> str:
    """Find the one token, in the one place that is configured. It is unverified text.

    Raises:
        CredentialError: TOKEN_MISSING, TOKEN_AMBIGUOUS, TOKEN_TOO_LONG or TOKEN_MALFORMED.
    """
    source = settings.token_source
    values = list(_values(request.event, source))
    if not values:
        raise refusal(Reason.TOKEN_MISSING)
    if len(values) > 1:
        raise refusal(Reason.TOKEN_AMBIGUOUS)
    value = values[0]
    if len(value) > settings.token_max_bytes + _MAX_SCHEME_CHARS:
        raise refusal(Reason.TOKEN_TOO_LONG)
    if source.place is TokenPlace.AUTHORIZATION:
        match = _BEARER.fullmatch(value)
        if match is not None:
            value = match["token"]
        elif request.form is not AnswerForm.APPSYNC:
            raise refusal(Reason.TOKEN_MALFORMED)
        # AppSync's clients send the token with or without the scheme; without it the whole value
        # is the token, and verified as such.
    if len(value) > settings.token_max_bytes:
        raise refusal(Reason.TOKEN_TOO_LONG)
    return value


#: Looked for in this order: an iPad says Macintosh too, and Android says Linux.
_DEVICES = (
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("android", "android"),
    ("windows", "windows"),
    ("macintosh", "macos"),
    ("linux", "linux"),
)


def read_device(event: Mapping[str, Any]) -> str:
    """What kind of device calls, as one of a few words of our own: never the caller's text."""
    agent = " ".join(_header_values(event, "user-agent")).lower()
    return next((device for word, device in _DEVICES if word in agent), "other")


def _is_appsync(event: Mapping[str, Any]) -> bool:
    """AppSync's events have no type; the query that is asked stands in their context."""
    context = event.get("requestContext")
    return (
        "type" not in event
        and "authorizationToken" in event
        and isinstance(context, dict)
        and "queryString" in context
    )


def _route_template(event: Mapping[str, Any]) -> str:
    """The API owner's own name of the route; empty where the event has none (TOKEN)."""
    for name in ("routeKey", "resource"):
        value = event.get(name)
        if isinstance(value, str):
            return value
    return ""


def _values(event: Mapping[str, Any], source: TokenSource) -> Iterator[str]:
    if source.place is TokenPlace.AUTHORIZATION:
        if "authorizationToken" in event and event.get("type") != "REQUEST":
            yield from _trimmed(_texts(event.get("authorizationToken")))
        else:
            yield from _header_values(event, "authorization")
    elif source.place is TokenPlace.COOKIE:
        yield from _cookie_values(event, source.name)
    else:
        yield from _query_values(event, source.name)


def _header_values(event: Mapping[str, Any], wanted: str) -> Iterator[str]:
    """All values of a header. ``headers`` holds one of several; ``multiValueHeaders`` holds all."""
    several = _members(event, "multiValueHeaders")
    found = [
        text
        for name, values in several
        if name.lower() == wanted and isinstance(values, list)
        for value in values
        for text in _texts(value)
    ]
    if not found:
        found = [
            text
            for name, value in _members(event, "headers")
            if name.lower() == wanted
            for text in _texts(value)
        ]
    yield from _trimmed(found)


def _cookie_values(event: Mapping[str, Any], wanted: str) -> Iterator[str]:
    listed = event.get("cookies")
    pairs: Iterable[str] = (
        [cookie for cookie in listed if isinstance(cookie, str)]
        if isinstance(listed, list)
        else [pair for header in _header_values(event, "cookie") for pair in header.split(";")]
    )
    for pair in pairs:
        name, separator, value = pair.strip(" \t").partition("=")
        if separator and name == wanted and value:
            yield value


def _query_values(event: Mapping[str, Any], wanted: str) -> Iterator[str]:
    several = [
        text
        for name, values in _members(event, "multiValueQueryStringParameters")
        if name == wanted and isinstance(values, list)
        for value in values
        for text in _texts(value)
    ]
    if several:
        yield from several
        return
    for name, value in _members(event, "queryStringParameters"):
        if name == wanted:
            yield from _texts(value)


def _members(event: Mapping[str, Any], name: str) -> Iterable[tuple[str, Any]]:
    value = event.get(name)
    if not isinstance(value, dict):
        return ()
    return [(member, held) for member, held in value.items() if isinstance(member, str)]


def _trimmed(values: Iterable[str]) -> Iterator[str]:
    """Without optional white space around a field's value: SP and HTAB (RFC 9110, 5.6.3)."""
    return filter(None, (value.strip(" \t") for value in values))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
