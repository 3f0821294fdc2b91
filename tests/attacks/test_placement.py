"""Attacks by where the token stands: one configured place, one value, or no decision to grant."""

from __future__ import annotations

from typing import Any

import pytest

from authorizer.errors import Reason
from tests.attacks.refusals import refuse_event
from tests.events import Event, http_v1, http_v2, rest_request, rest_token, websocket_connect
from tests.sandbox import Sandbox, new_token
from tests.tokens import CLIENT_ID

_COOKIE = {"TOKEN_SOURCE": "cookie:session"}
_QUERY = {"TOKEN_SOURCE": "query:token"}


def _good() -> str:
    return f"Bearer {new_token()}"


def _headers(several: dict[str, Any], single: dict[str, Any] | None = None) -> Event:
    return rest_request() | {"multiValueHeaders": several, "headers": single or {}}


def test_two_authorization_headers_are_refused() -> None:
    """Of two credentials nobody can say which one the backend will read."""
    event = rest_request(headers={"Authorization": [_good(), _good()]})
    refuse_event(event, Reason.TOKEN_AMBIGUOUS, fetches=0)


def test_the_same_token_twice_is_refused() -> None:
    """Two values are two values, even if they are alike."""
    value = _good()
    refuse_event(rest_request(headers={"Authorization": [value, value]}), Reason.TOKEN_AMBIGUOUS)


def test_a_good_header_before_or_after_a_bad_one_is_refused() -> None:
    """A second header of any content makes the request ambiguous, in either order."""
    for values in ([_good(), "Basic YTpi"], ["Basic YTpi", _good()], [_good(), "x"]):
        refuse_event(rest_request(headers={"Authorization": values}), Reason.TOKEN_AMBIGUOUS)


@pytest.mark.parametrize("other", ["authorization", "AUTHORIZATION", "aUTHORIZATION"])
def test_one_header_in_two_spellings_is_refused(other: str) -> None:
    """Header names are the same in any case (RFC 9110, 5.1), so this is one header twice."""
    both = {"Authorization": [_good()], other: [_good()]}
    refuse_event(_headers(both), Reason.TOKEN_AMBIGUOUS)
    single = {"Authorization": _good(), other: _good()}
    refuse_event(_headers({}, single), Reason.TOKEN_AMBIGUOUS)


@pytest.mark.parametrize("separator", [",", ", ", ";", " ", "\t", "\r\n"])
def test_values_joined_into_one_header_are_refused(separator: str) -> None:
    """Payload 2.0 joins several headers by commas: such a value is no credential."""
    for event in (
        http_v2(f"{_good()}{separator}{_good()}"),
        http_v2(f"{_good()}{separator}x"),
        http_v2(f"x{separator}{_good()}"),
        rest_request(f"{_good()}{separator}{_good()}"),
        rest_token(f"{_good()}{separator}{_good()}"),
        http_v1(f"{_good()}{separator}{_good()}"),
    ):
        refuse_event(event, Reason.TOKEN_MALFORMED, fetches=0)


def test_a_token_in_the_query_does_not_count_for_the_header() -> None:
    """Where the header is configured, a good token in query or cookie is no credential."""
    token = new_token()
    query = {name: [token] for name in ("token", "access_token", "authorization", "Authorization")}
    cookies = [f"{name}={token}" for name in query]
    for event in (
        rest_request(query=query),
        rest_request(headers={"Cookie": cookies, "X-Authorization": [f"Bearer {token}"]}),
        http_v2(query=dict.fromkeys(query, token), cookies=cookies),
        websocket_connect(token=token),
    ):
        refuse_event(event, Reason.TOKEN_MISSING, fetches=0)


def test_a_forged_token_in_the_query_does_not_hurt_the_header() -> None:
    """What stands in a place that is not configured is not looked at."""
    seen = Sandbox().send(rest_request(_good(), query={"access_token": ["forged", "forged"]}))
    assert (seen.status, seen.reason) == (200, None)


@pytest.mark.parametrize("environment", [_COOKIE, _QUERY])
def test_a_token_in_the_header_does_not_count_elsewhere(environment: dict[str, str]) -> None:
    """Where cookie or query is configured, a good header is no credential."""
    for event in (rest_request(_good()), http_v2(_good()), http_v1(_good()), rest_token(_good())):
        box = Sandbox(environment)
        refuse_event(event, Reason.TOKEN_MISSING, sandbox=box, fetches=0)


def test_a_query_token_does_not_win_over_the_configured_header() -> None:
    """A good token in the query does not repair a bad one in the configured header."""
    event = rest_request("Bearer forged", query={"token": [new_token()]})
    refuse_event(event, Reason.TOKEN_MALFORMED)


@pytest.mark.parametrize("second", ["session=forged", "session=AAAA.AAAA.AAAA"])
def test_two_cookies_of_one_name_are_refused(second: str) -> None:
    """A cookie that a neighbouring site planted beside the real one makes the request ambiguous."""
    first = f"session={new_token()}"
    for event in (
        http_v2(cookies=[first, second]),
        http_v2(cookies=[second, "other=1", first]),
        rest_request(headers={"Cookie": [f"{first}; {second}"]}),
        rest_request(headers={"Cookie": [f"{second};{first}"]}),
        rest_request(headers={"Cookie": [first, second]}),
        rest_request(headers={"Cookie": [first], "cookie": [second]}),
    ):
        refuse_event(event, Reason.TOKEN_AMBIGUOUS, sandbox=Sandbox(_COOKIE), fetches=0)


def test_a_second_cookie_header_is_refused() -> None:
    """The gateway caches under one of them, which anybody could send without the token then."""
    first, second = f"session={new_token()}", "theme=dark"
    for headers in ({"Cookie": [first, second]}, {"Cookie": [second], "cookie": [first]}):
        event = rest_request(headers=headers)
        refuse_event(event, Reason.TOKEN_AMBIGUOUS, sandbox=Sandbox(_COOKIE), fetches=0)


@pytest.mark.parametrize(
    "name", ["Session", "SESSION", "session ", "xsession", "__Host-session", "session.a", "sessio"]
)
def test_a_cookie_of_a_similar_name_is_not_read(name: str) -> None:
    """Cookie names are told apart letter by letter."""
    cookie = f"{name}={new_token()}"
    for event in (http_v2(cookies=[cookie]), rest_request(headers={"Cookie": [cookie]})):
        refuse_event(event, Reason.TOKEN_MISSING, sandbox=Sandbox(_COOKIE), fetches=0)


def test_a_cookie_value_cannot_smuggle_a_cookie() -> None:
    """Payload 2.0 lists one cookie per entry: what stands behind a semicolon is no cookie."""
    event = http_v2(cookies=[f"theme=dark; session={new_token()}"])
    refuse_event(event, Reason.TOKEN_MISSING, sandbox=Sandbox(_COOKIE), fetches=0)


def test_two_query_parameters_of_one_name_are_refused() -> None:
    """Of two query parameters nobody can say which one counts."""
    event = rest_request(query={"token": [new_token(), new_token()]})
    refuse_event(event, Reason.TOKEN_AMBIGUOUS, sandbox=Sandbox(_QUERY), fetches=0)


def test_query_parameters_joined_by_a_comma_are_refused() -> None:
    """Payload 2.0 joins query parameters of one name by commas."""
    event = http_v2(query={"token": f"{new_token()},{new_token()}"})
    refuse_event(event, Reason.TOKEN_MALFORMED, sandbox=Sandbox(_QUERY), fetches=0)


@pytest.mark.parametrize("name", ["Token", "TOKEN", "token[]", "token ", "tokens"])
def test_a_query_parameter_of_a_similar_name_is_not_read(name: str) -> None:
    """Query parameters are told apart letter by letter."""
    event = rest_request(query={name: [new_token()]})
    refuse_event(event, Reason.TOKEN_MISSING, sandbox=Sandbox(_QUERY), fetches=0)


@pytest.mark.parametrize("scheme", ["Basic", "DPoP", "Token", "JWT", "Bearer:", "Bearer=", "x"])
def test_another_scheme_is_refused(scheme: str) -> None:
    """A good token under another scheme than Bearer is no bearer token."""
    for event in (rest_request(f"{scheme} {new_token()}"), rest_token(f"{scheme} {new_token()}")):
        refuse_event(event, Reason.TOKEN_MALFORMED, fetches=0)


@pytest.mark.parametrize("place", [rest_request, rest_token, http_v1, http_v2])
def test_a_bare_token_is_refused(place: Any) -> None:
    """A token without a scheme is no credential, in an event of any kind."""
    refuse_event(place(new_token()), Reason.TOKEN_MALFORMED, fetches=0)


@pytest.mark.parametrize("value", ["", " ", "\t", " \t "])
def test_an_empty_header_is_a_missing_one(value: str) -> None:
    """White space is no credential."""
    for event in (rest_request(value), rest_token(value), http_v2(value)):
        refuse_event(event, Reason.TOKEN_MISSING, fetches=0)


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "bearer    ", "Bearer\u00a0x.y.z", "Bearer\tx"]
)
def test_a_scheme_without_token_is_refused(value: str) -> None:
    """The scheme alone, or with another white space than a space, is malformed."""
    for event in (rest_request(value), rest_token(value), http_v2(value)):
        refuse_event(event, Reason.TOKEN_MALFORMED, fetches=0)


def test_a_token_event_carries_nothing_but_its_own_member() -> None:
    """A TOKEN event has one place: a header smuggled into it is not read."""
    event = rest_token("") | {
        "headers": {"Authorization": _good()},
        "multiValueHeaders": {"Authorization": [_good()]},
        "identitySource": [_good()],
    }
    refuse_event(event, Reason.TOKEN_MISSING, fetches=0)


def test_a_request_event_does_not_read_the_member_of_a_token_event() -> None:
    """A REQUEST event is read by its headers, not by ``authorizationToken``."""
    event = rest_request() | {"authorizationToken": _good()}
    refuse_event(event, Reason.TOKEN_MISSING, fetches=0)


@pytest.mark.parametrize("environment", [_COOKIE, _QUERY])
def test_a_token_event_has_no_cookie_and_no_query(environment: dict[str, str]) -> None:
    """A TOKEN event cannot serve another source than the header."""
    event = rest_token(_good())
    refuse_event(event, Reason.TOKEN_MISSING, sandbox=Sandbox(environment), fetches=0)


@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["Bearer x"], {"Bearer": "x"}])
def test_a_credential_that_is_no_text_is_missing(value: Any) -> None:
    """Members of another type than the gateway sends are not converted into credentials."""
    for event in (
        rest_token("") | {"authorizationToken": value},
        _headers({}, {"Authorization": value}),
        _headers({"Authorization": [value]}),
    ):
        refuse_event(event, Reason.TOKEN_MISSING, fetches=0)


@pytest.mark.parametrize("value", [None, 1, True, "Bearer x", {"Bearer": "x"}])
def test_headers_that_are_no_lists_are_missing(value: Any) -> None:
    """A multi-value header holds a list, and nothing else is read as one."""
    refuse_event(_headers({"Authorization": value}), Reason.TOKEN_MISSING, fetches=0)


def test_a_client_named_in_the_request_is_not_asked_for() -> None:
    """Nothing but the token says whose it is: a client in header or query changes nothing."""
    event = rest_request(
        f"Bearer {new_token(client_id='client2web')}",
        headers={"X-Client-Id": [CLIENT_ID]},
        query={"client_id": [CLIENT_ID]},
    )
    refuse_event(event, Reason.CLIENT_NOT_ALLOWED)
