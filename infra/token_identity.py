"""Where an API looks for the token's place, in each kind of API's own words.

The identity source is also the gateway's cache key: with a cookie, a change of any other cookie
costs a cached answer.
"""

from __future__ import annotations

from authorizer.choices import TokenPlace
from authorizer.token_source import TokenSource


def for_rest(token_source: str) -> str:
    """For REQUEST authorizers of REST APIs."""
    return f"method.request.{_place(token_source)}"


def for_http(token_source: str) -> str:
    """For HTTP APIs."""
    return f"$request.{_place(token_source)}"


def for_websocket(token_source: str) -> str:
    """For ``$connect`` of WebSocket APIs."""
    return f"route.request.{_place(token_source)}"


def _place(token_source: str) -> str:
    place, _, name = token_source.partition(":")
    return TokenSource(TokenPlace(place), name).identity_source
