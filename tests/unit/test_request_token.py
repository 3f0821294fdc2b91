"""The one token in the one place that is configured."""

from __future__ import annotations

from typing import Any

import pytest

from authorizer.errors import CredentialError, Reason
from authorizer.request import read_request, read_token
from authorizer.settings import Settings
from tests.events import Event, http_v2, rest_request, rest_token, websocket_connect
from tests.sandbox import ENVIRONMENT


def _token(event: Any, **changes: str) -> str:
    settings = Settings.from_env(ENVIRONMENT | changes)
    return read_token(read_request(event, settings), settings)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
@pytest.mark.parametrize("spaces", [" ", "  "])
def test_the_scheme_has_any_case(scheme: str, spaces: str) -> None:
    """The scheme is the same in any case, and one or more spaces follow (RFC 9110, 11.4)."""
    assert _token(rest_request(f"{scheme}{spaces}a.b.c")) == "a.b.c"


def test_the_header_has_any_case() -> None:
    """Header names are the same in any case (RFC 9110, 5.1)."""
    for name in ("Authorization", "authorization", "AUTHORIZATION"):
        assert _token(rest_request(headers={name: ["Bearer a.b.c"]})) == "a.b.c"


def test_single_headers_are_read_where_there_are_no_others() -> None:
    """Events without ``multiValueHeaders`` carry their headers in ``headers``."""
    event = rest_request("Bearer a.b.c")
    del event["multiValueHeaders"]
    assert _token(event) == "a.b.c"
    assert _token(event | {"multiValueHeaders": None}) == "a.b.c"
    assert _token(event | {"multiValueHeaders": {"Authorization": "Bearer x"}}) == "a.b.c"


@pytest.mark.parametrize(
    "event",
    [
        http_v2(cookies=["a=1", "t=a.b.c", "b=2"]),
        http_v2(cookies=["t=a.b.c", 1]),  # type: ignore[list-item]
        rest_request(headers={"Cookie": ["a=1; t=a.b.c; b"]}),
        rest_request(headers={"cookie": ["t=a.b.c"]}),
        rest_request(headers={"Cookie": ["", "t=a.b.c"]}),
        rest_request(headers={"Cookie": ["t=a.b.c;"]}),
    ],
)
def test_a_cookie_is_found(event: Event) -> None:
    """The named cookie is found in either of the two forms that gateways send."""
    assert _token(event, TOKEN_SOURCE="cookie:t") == "a.b.c"


def test_a_cookie_keeps_its_equals_signs() -> None:
    """A cookie's value is all behind the first equals sign."""
    event = http_v2(cookies=["t=a=b="])
    assert _token(event, TOKEN_SOURCE="cookie:t") == "a=b="


@pytest.mark.parametrize(
    "event",
    [
        http_v2(cookies=[]),
        http_v2(cookies=["t"]),
        http_v2(cookies=["t="]),
        http_v2(cookies=["=a.b.c"]),
        http_v2() | {"cookies": "t=a.b.c"},
        http_v2() | {"cookies": {"t": "a.b.c"}},
        rest_request(),
        rest_request(headers={"Cookie": [";;;"]}),
        rest_token("Bearer a.b.c"),
    ],
)
def test_a_cookie_is_missing(event: Event) -> None:
    """Without a value under the cookie's name there is no credential."""
    with pytest.raises(CredentialError) as raised:
        _token(event, TOKEN_SOURCE="cookie:t")
    assert raised.value.reason is Reason.TOKEN_MISSING


@pytest.mark.parametrize(
    "event",
    [
        rest_request(query={"t": ["a.b.c"]}),
        rest_request() | {"queryStringParameters": {"t": "a.b.c"}},
        http_v2(query={"t": "a.b.c", "u": "x"}),
        websocket_connect() | {"multiValueQueryStringParameters": {"t": ["a.b.c"]}},
    ],
)
def test_a_query_parameter_is_found(event: Event) -> None:
    """The named parameter is found in either of the two forms that gateways send."""
    assert _token(event, TOKEN_SOURCE="query:t") == "a.b.c"


@pytest.mark.parametrize(
    "event",
    [
        rest_request(),
        rest_request(query={"t": [""]}),
        rest_request(query={"u": ["a.b.c"]}),
        rest_request() | {"queryStringParameters": None, "multiValueQueryStringParameters": None},
        rest_request() | {"multiValueQueryStringParameters": {"t": "a.b.c", 1: ["x"]}},
        http_v2() | {"queryStringParameters": ["t"]},
    ],
)
def test_a_query_parameter_is_missing(event: Event) -> None:
    """Without a value under the parameter's name there is no credential."""
    with pytest.raises(CredentialError) as raised:
        _token(event, TOKEN_SOURCE="query:t")
    assert raised.value.reason is Reason.TOKEN_MISSING


@pytest.mark.parametrize("source", ["authorization", "query:t"])
def test_the_length_limit(source: str) -> None:
    """A token of the greatest length is taken, one a character longer is not."""
    limits = {"TOKEN_SOURCE": source, "TOKEN_MAX_BYTES": "512"}
    for length, reason in ((512, None), (513, "token_too_long"), (5000, "token_too_long")):
        text = "a" * length
        event = rest_request(f"Bearer {text}", query={"t": [text]})
        try:
            found = _token(event, **limits)
        except CredentialError as error:
            found = error.reason
        assert found == (reason or text)
