"""Where the token stands, in the words of an API's identity sources."""

from __future__ import annotations

import pytest

from authorizer.choices import TokenPlace
from authorizer.token_source import TokenSource


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (TokenSource(TokenPlace.AUTHORIZATION), "header.Authorization"),
        (TokenSource(TokenPlace.COOKIE, "session"), "header.Cookie"),
        (TokenSource(TokenPlace.QUERY, "access_token"), "querystring.access_token"),
    ],
)
def test_an_api_looks_where_the_token_stands(source: TokenSource, expected: str) -> None:
    """A parameter is named; of a cookie API Gateway sees the header it comes in."""
    assert source.identity_source == expected
