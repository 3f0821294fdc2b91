"""The gateway's event: which kind it is, what it asks for, and the one token in it.

Event shapes: REST API (TOKEN and REQUEST), HTTP API (payload 1.0 and 2.0), WebSocket API, AppSync.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from authorizer.choices import HttpApiResponse, TokenPlace
from authorizer.errors import Reason, refusal
from authorizer.policy import CONNECT, METHODS
from authorizer.settings import Settings
from authorizer.token_source import TokenSource

#: arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod
_STAGE_ARN = re.compile(
    r"arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[A-Za-z0-9]+/[A-Za-z0-9_$-]{1,128}"
)

#: RFC 9110, section 11.4: the scheme in any case, and one or more spaces behind it.
_SCHEME = "bearer "
#: The scheme and a few spaces, beside a token of the longest kind that is allowed.
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


class GatewayRequest(NamedTuple):
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
    if not isinstance(arn, str):
        raise refusal(Reason.EVENT_MALFORMED)
    # arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod/GET/orders/17
    api_arn, _, called = arn.partition("/")
    stage, _, called = called.partition("/")
    method, slash, path = called.partition("/")
    stage_arn = f"{api_arn}/{stage}"
    is_connect = method == CONNECT
    # A method that no rule can name would be one that no rule holds for.
    if not (is_connect or method in METHODS) or not _is_stage_arn(stage_arn):
        raise refusal(Reason.EVENT_MALFORMED)
    return GatewayRequest(
        form,
        stage_arn,
        CONNECT if is_connect else f"{method}{slash or '/'}{path}",
        not is_connect,
        _route_template(event),
        event,
    )


# An authorizer sees the few stages that it guards, again and again.
@lru_cache(maxsize=64)
def _is_stage_arn(text: str) -> bool:
    return _STAGE_ARN.fullmatch(text) is not None


def read_token(request: GatewayRequest, settings: Settings) -> str:
    """Find the one token, in the one place that is configured. It is unverified text.

    Raises:
        CredentialError: TOKEN_MISSING, TOKEN_AMBIGUOUS, TOKEN_TOO_LONG or TOKEN_MALFORMED.
    """
    source = settings.token_source
    values = _values(request.event, source)
    if not values:
        raise refusal(Reason.TOKEN_MISSING)
    if len(values) > 1:
        raise refusal(Reason.TOKEN_AMBIGUOUS)
    [value] = values
    if len(value) > settings.token_max_bytes + _MAX_SCHEME_CHARS:
        raise refusal(Reason.TOKEN_TOO_LONG)
    if source.place is TokenPlace.AUTHORIZATION:
        if value[: len(_SCHEME)].lower() == _SCHEME:
            # What is no token in it is refused by whoever takes the token apart.
            value = value[len(_SCHEME) :].lstrip(" ")
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
    if "type" in event or "authorizationToken" not in event:
        return False
    context = event.get("requestContext")
    return isinstance(context, dict) and "queryString" in context


def _route_template(event: Mapping[str, Any]) -> str:
    """The API owner's own name of the route; empty where the event has none (TOKEN)."""
    for name in ("routeKey", "resource"):
        value = event.get(name)
        if isinstance(value, str):
            return value
    return ""


def _values(event: Mapping[str, Any], source: TokenSource) -> list[str]:
    if source.place is TokenPlace.COOKIE:
        return _cookie_values(event, source.name)
    if source.place is TokenPlace.QUERY:
        return _query_values(event, source.name)
    if "authorizationToken" in event and event.get("type") != "REQUEST":
        return _trimmed([event["authorizationToken"]])
    return _header_values(event, "authorization")


def _header_values(event: Mapping[str, Any], wanted: str) -> list[str]:
    """All values of a header. ``headers`` holds one of several; ``multiValueHeaders`` holds all."""
    found: list[str] = []
    for values in _named(event, "multiValueHeaders", wanted):
        if isinstance(values, list):
            found += _texts(values)
    return _trimmed(found or _named(event, "headers", wanted))


def _cookie_values(event: Mapping[str, Any], wanted: str) -> list[str]:
    listed = event.get("cookies")
    if isinstance(listed, list):
        pairs = _texts(listed)
    else:
        headers = _header_values(event, "cookie")
        if len(headers) > 1:
            # One is allowed (RFC 6265, section 5.4). The gateway caches under one of them, and
            # whoever sends that one alone would be answered as whoever sent the other.
            raise refusal(Reason.TOKEN_AMBIGUOUS)
        pairs = [pair for header in headers for pair in header.split(";")]
    found = (pair.strip(" \t").partition("=") for pair in pairs)
    return [value for name, separator, value in found if separator and name == wanted and value]


def _query_values(event: Mapping[str, Any], wanted: str) -> list[str]:
    several = event.get("multiValueQueryStringParameters")
    values = several.get(wanted) if isinstance(several, dict) else None
    found = _texts(values) if isinstance(values, list) else []
    single = event.get("queryStringParameters")
    return found or (_texts([single.get(wanted)]) if isinstance(single, dict) else [])


def _named(event: Mapping[str, Any], where: str, wanted: str) -> list[Any]:
    """What stands under a header's name, in whatever case it is written, and however often."""
    members = event.get(where)
    if not isinstance(members, dict):
        return []
    # No other letter becomes one of ASCII's without its name being as long as the one wanted.
    length = len(wanted)
    return [
        held
        for name, held in members.items()
        if isinstance(name, str) and len(name) == length and name.lower() == wanted
    ]


def _trimmed(values: Iterable[Any]) -> list[str]:
    """Without optional white space around a field's value: SP and HTAB (RFC 9110, 5.6.3)."""
    return [text for value in _texts(values) if (text := value.strip(" \t"))]


def _texts(values: Iterable[Any]) -> list[str]:
    """Those that are texts, and not empty."""
    return [value for value in values if isinstance(value, str) and value]
