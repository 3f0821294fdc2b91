"""Where in a request the token stands: one place, in settings and in API Gateway's words."""

from __future__ import annotations

import re
from typing import NamedTuple

from authorizer.choices import TokenPlace
from environment import EnvironmentReader

_COOKIE_OR_PARAMETER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")


class TokenSource(NamedTuple):
    """The one place that a token is read from; ``name`` is the cookie's or the parameter's."""

    place: TokenPlace
    name: str = ""

    @property
    def identity_source(self) -> str:
        """What an API has to look at, without what stands before it in each kind of API.

        A cookie is no identity source of its own, so the whole ``Cookie`` header is.
        """
        if self.place is TokenPlace.QUERY:
            return f"querystring.{self.name}"
        return "header.Cookie" if self.place is TokenPlace.COOKIE else "header.Authorization"


def read_token_source(read: EnvironmentReader) -> TokenSource:
    """Read ``TOKEN_SOURCE``. Problems are recorded with ``read``."""
    raw = read.text("TOKEN_SOURCE", TokenPlace.AUTHORIZATION)
    place, _, name = raw.partition(":")
    if raw == TokenPlace.AUTHORIZATION:
        return TokenSource(TokenPlace.AUTHORIZATION)
    if place in (TokenPlace.COOKIE, TokenPlace.QUERY) and _COOKIE_OR_PARAMETER.fullmatch(name):
        return TokenSource(TokenPlace(place), name)
    read.problem("TOKEN_SOURCE", "must be authorization, cookie:<name> or query:<name>")
    return TokenSource(TokenPlace.AUTHORIZATION)
