"""Where an API looks for the token's place, in each kind of API's own words.

The identity source is also the gateway's cache key. A cookie is no identity source of its own,
so the whole ``Cookie`` header is, and a change of any other cookie costs a cached answer.
"""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway

from authorizer.choices import TokenPlace

_HEADERS = {TokenPlace.AUTHORIZATION: "Authorization", TokenPlace.COOKIE: "Cookie"}


def for_rest(token_source: str) -> str:
    """For REQUEST authorizers of REST APIs."""
    place, name = _split(token_source)
    if place is TokenPlace.QUERY:
        return apigateway.IdentitySource.query_string(name)
    return apigateway.IdentitySource.header(_HEADERS[place])


def for_http(token_source: str) -> str:
    """For HTTP APIs."""
    return f"$request.{_place(token_source)}"


def for_websocket(token_source: str) -> str:
    """For ``$connect`` of WebSocket APIs."""
    return f"route.request.{_place(token_source)}"


def _place(token_source: str) -> str:
    place, name = _split(token_source)
    return f"querystring.{name}" if place is TokenPlace.QUERY else f"header.{_HEADERS[place]}"


def _split(token_source: str) -> tuple[TokenPlace, str]:
    place, _, name = token_source.partition(":")
    return TokenPlace(place), name
