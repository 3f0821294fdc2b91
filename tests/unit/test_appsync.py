"""AppSync's Lambda authorizer: the same decision, in AppSync's words.

https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from authorizer.errors import Reason
from authorizer.response import Unavailable
from tests.events import Event
from tests.sandbox import Sandbox, new_token
from tests.tokens import ADMIN_SCOPE, NOW, SessionMaker
from transport import TransportError

RULES = json.dumps(
    {
        "rules": {
            "Mutation.deleteOrder": {"any_scope": ["orders/admin"]},
            "Query.audit": {"any_group": ["auditors"]},
            "GET /admin*": {"any_scope": ["orders/admin"]},
        }
    }
)


def appsync(token: str) -> Event:
    """An event in the documentation's shape."""
    return {
        "authorizationToken": token,
        "requestContext": {
            "apiId": "aaaaaa123123123example123",
            "accountId": "111122223333",
            "requestId": "f4081827-1111-4444-5555-5cf4695f339f",
            "queryString": "mutation CreateEvent {...}\n\nquery MyQuery {...}\n",
            "operationName": "MyQuery",
            "variables": {},
        },
        "requestHeaders": {"host": "example.appsync-api.eu-west-1.amazonaws.com"},
    }


def answer(event: Event, **environment: str) -> dict[str, Any]:
    """What AppSync is answered."""
    return Sandbox(environment).authorizer.handle(event)


@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_a_living_session_is_authorized(scheme: str) -> None:
    """With or without the scheme: authorized, with verified claims as text."""
    session = SessionMaker()
    sandbox = Sandbox()
    seen = sandbox.authorizer.handle(appsync(scheme + new_token(sub=session.subject)))
    assert seen["isAuthorized"] is True
    assert seen["deniedFields"] == []
    assert seen["resolverContext"]["sub"] == session.subject
    assert seen["resolverContext"]["expires_at"] == str(NOW + 3600)
    assert all(isinstance(value, str) for value in seen["resolverContext"].values())
    assert sandbox.lines()[-1]["granted"] is True


@pytest.mark.parametrize(
    ("scope", "groups", "denied"),
    [
        (ADMIN_SCOPE, [], ["Mutation.deleteOrder", "Query.audit"]),
        (f"{ADMIN_SCOPE} orders/admin", [], ["Query.audit"]),
        (f"{ADMIN_SCOPE} orders/admin", ["auditors"], []),
    ],
)
def test_fields_whose_rules_are_not_met_are_denied(
    scope: str, groups: list[str], denied: list[str]
) -> None:
    """Rules named ``Type.field`` become AppSync's deny list; rules of routes do not."""
    token = new_token(scope=scope, **{"cognito:groups": groups})
    assert answer(appsync(token), ROUTE_RULES=RULES)["deniedFields"] == denied


def test_rules_of_fields_are_no_routes() -> None:
    """In an API Gateway policy, rules of fields leave no trace."""
    rules = json.dumps({"rules": {"Query.audit": {"any_group": ["auditors"]}}})
    sandbox = Sandbox({"ROUTE_RULES": rules})
    seen = sandbox.call(new_token())
    assert seen.status == 200
    assert seen.answer is not None
    assert [s["Effect"] for s in seen.answer["policyDocument"]["Statement"]] == ["Allow"]


def test_with_the_default_closed_nothing_is_authorized() -> None:
    """AppSync takes a deny list only, so what is closed by default can't be opened in part."""
    rules = json.dumps({"default": "closed", "rules": {"Query.hello": {"any_scope": ["x"]}}})
    sandbox = Sandbox({"ROUTE_RULES": rules})
    assert sandbox.authorizer.handle(appsync(new_token()))["isAuthorized"] is False
    assert sandbox.lines()[-1]["reason"] == Reason.ROUTE_NOT_ALLOWED


@pytest.mark.parametrize(
    ("gateway_ttl", "life", "ttl"),
    [("0", 3600, 0), ("300", 3600, 300), ("300", 300, 300), ("300", 299, 299), ("300", -3, 0)],
)
def test_a_cached_answer_never_outlives_its_token(gateway_ttl: str, life: int, ttl: int) -> None:
    """ttlOverride is the gateway TTL, or what is left of the token if that is less."""
    token = new_token(exp=NOW + life)
    assert answer(appsync(token), GATEWAY_TTL_SECONDS=gateway_ttl)["ttlOverride"] == ttl


@pytest.mark.parametrize("token", ["", "forged", "Bearer forged", "Basic YTpi"])
def test_a_bad_credential_is_not_authorized(token: str) -> None:
    """Whatever is wrong with the token, the answer is no, and is not cached."""
    assert answer(appsync(token)) == {"isAuthorized": False, "ttlOverride": 0}


def test_a_revoked_session_is_not_authorized() -> None:
    """A revoked session's token is refused although it has not expired."""
    sandbox, session = Sandbox(), SessionMaker()
    sandbox.cognito.revoked.add(session.origin_jti)
    event = appsync(new_token(origin_jti=session.origin_jti))
    assert sandbox.authorizer.handle(event) == {"isAuthorized": False, "ttlOverride": 0}
    assert sandbox.lines()[-1]["reason"] == Reason.SESSION_REVOKED


def test_an_outage_is_an_error_and_no_answer() -> None:
    """What could not be found out is neither yes nor no: AppSync fails the request."""
    sandbox = Sandbox()
    sandbox.cognito.session_failure = TransportError("timed out")
    with pytest.raises(Unavailable):
        sandbox.authorizer.handle(appsync(new_token()))


def test_the_query_is_not_logged() -> None:
    """Query, operation name and variables are the caller's text."""
    sandbox = Sandbox()
    sandbox.authorizer.handle(appsync(new_token()))
    assert "MyQuery" not in sandbox.log.getvalue()
