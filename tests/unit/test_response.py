"""The answer, in the form that the event's gateway understands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from authorizer.choices import TokenUse
from authorizer.errors import ANSWERS, CredentialError, Reason, refusal
from authorizer.request import AnswerForm, read_request
from authorizer.response import (
    Unauthorized,
    Unavailable,
    render_context,
    render_error,
    render_grant,
)
from authorizer.route_rules import read_route_rules
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from tests.events import STAGE_ARN, Event, http_v1, http_v2, rest_request, websocket_connect
from tests.sandbox import ENVIRONMENT
from tests.tokens import CLIENT_ID, ISSUER, NOW

_RULES = read_route_rules('{"rules":{"GET /admin":{"any_scope":["admin"]}}}')

_TOKEN = VerifiedToken(
    text="header.payload.signature",
    issuer=ISSUER,
    subject="subject1",
    token_use=TokenUse.ACCESS,
    client_id=CLIENT_ID,
    is_machine=False,
    username="ada",
    scopes=frozenset({"write", "read"}),
    groups=("staff", "admin"),
    issued_at=NOW,
    authenticated_at=NOW,
    expires_at=NOW + 3600,
    token_id="jti1",
    session_id="origin1",
)

_CONTEXT = {
    "issuer": ISSUER,
    "sub": "subject1",
    "username": "ada",
    "client_id": CLIENT_ID,
    "scope": "read write",
    "groups": "staff admin",
    "session": "origin1",
    "expires_at": NOW + 3600,
}

_UNTIL = {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-11-20T13:00:00Z"}}}


def _grant(event: Event, *, cached: bool = False, **changes: str) -> dict[str, Any]:
    request = read_request(event, Settings.from_env(ENVIRONMENT | changes))
    return render_grant(request, _RULES, _TOKEN, ends_at=_TOKEN.expires_at if cached else None)


def _statement(effect: str, *resources: str) -> dict[str, Any]:
    return {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": [f"{STAGE_ARN}/{resource}" for resource in resources],
    }


@pytest.mark.parametrize("make", [rest_request, http_v1, http_v2, websocket_connect])
def test_a_grant_is_a_policy_for_the_stage(make: Callable[[str], Event]) -> None:
    """A grant says what the session may do on every route, not only on the one that is called."""
    assert _grant(make("Bearer a.b.c")) == {
        "principalId": "subject1",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [_statement("Allow", "*"), _statement("Deny", "GET/admin", "GET/admin/")],
        },
        "context": _CONTEXT,
    }


@pytest.mark.parametrize("make", [rest_request, http_v1, http_v2])
def test_a_cached_grant_carries_its_own_end(make: Callable[[str], Event]) -> None:
    """A policy that the gateway keeps denies everything once its token has expired."""
    statements = _grant(make("Bearer a.b.c"), cached=True)["policyDocument"]["Statement"]
    assert statements == [
        _statement("Allow", "*"),
        _statement("Deny", "GET/admin", "GET/admin/"),
        _statement("Deny", "*") | _UNTIL,
    ]


def test_a_connection_is_not_cached() -> None:
    """The answer to ``$connect`` is used once, and needs no end."""
    assert _grant(websocket_connect("Bearer a.b.c"), cached=True) == _grant(
        websocket_connect("Bearer a.b.c")
    )


@pytest.mark.parametrize(("path", "is_allowed"), [("/hello", True), ("/admin", False)])
def test_a_simple_grant_is_about_the_route_called(path: str, is_allowed: bool) -> None:
    """A simple response says yes or no to the route that was called."""
    event = http_v2("Bearer a.b.c", path=path)
    answer = _grant(event, HTTP_API_RESPONSE="simple")
    assert answer == {"isAuthorized": is_allowed, "context": _CONTEXT}


def test_the_context_is_text_and_numbers() -> None:
    """The gateway takes nothing but text, numbers and truth values, and gets no token."""
    context = render_context(_TOKEN)
    assert context == _CONTEXT
    assert {type(value) for value in context.values()} == {str, int}
    assert _TOKEN.text not in json.dumps(context)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_rest_error_is_one_of_two_words(reason: Reason) -> None:
    """A bad credential raises ``Unauthorized``; that nobody could find out, ``Unavailable``."""
    is_credential = ANSWERS[reason] is CredentialError
    expected: type[Exception] = Unauthorized if is_credential else Unavailable
    with pytest.raises(expected) as raised:
        render_error(AnswerForm.POLICY, refusal(reason))
    assert str(raised.value) == ("Unauthorized" if is_credential else "Unavailable")


@pytest.mark.parametrize("form", [AnswerForm.HTTP_POLICY, AnswerForm.HTTP_SIMPLE])
@pytest.mark.parametrize("reason", list(Reason))
def test_an_http_api_error(reason: Reason, form: AnswerForm) -> None:
    """HTTP APIs take a bad credential as a message, and everything else as an error."""
    if ANSWERS[reason] is CredentialError:
        assert render_error(form, refusal(reason)) == {"errorMessage": "Unauthorized"}
    else:
        with pytest.raises(Unavailable) as raised:
            render_error(form, refusal(reason))
        assert str(raised.value) == "Unavailable"


@pytest.mark.parametrize("reason", [Reason.TOKEN_EXPIRED, Reason.INTERNAL_FAULT])
def test_an_answer_hides_what_it_came_from(reason: Reason) -> None:
    """The error that the gateway sees carries no other one with it."""
    inner = refusal(reason)
    try:
        raise inner
    except type(inner):
        with pytest.raises((Unauthorized, Unavailable)) as raised:
            render_error(AnswerForm.POLICY, inner)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ is True
