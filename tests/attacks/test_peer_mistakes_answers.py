"""One test for each mistake seen in other products, named after it: answers and caches."""

from __future__ import annotations

import json

import pytest

from authorizer.errors import Reason
from tests.cognito import FakeCognito, refused
from tests.events import STAGE_ARN, http_v2, rest_request
from tests.sandbox import Sandbox, new_token, policy_allows
from tests.tokens import ADMIN_SCOPE, NOW, SessionMaker, sign
from transport import Answer, TransportError

_ADMIN_RULE = {"ROUTE_RULES": '{"rules":{"GET /admin":{"any_scope":["admin"]}}}'}
_THROTTLED = refused("TooManyRequestsException")


def test_exact_method_arn_with_caching() -> None:
    """The policy for one route is right for every other one of the stage, should it be cached."""
    box = Sandbox(_ADMIN_RULE | {"GATEWAY_TTL_SECONDS": "300"})
    answer = box.call(new_token(scope=f"{ADMIN_SCOPE} admin")).answer
    assert answer is not None
    for route in ("GET/hello", "POST/orders/17", "GET/admin", "DELETE/"):
        assert policy_allows(answer["policyDocument"], f"{STAGE_ARN}/{route}")
    other_stage = STAGE_ARN.replace("prod", "test")
    assert not policy_allows(answer["policyDocument"], f"{other_stage}/GET/hello")


def test_scope_not_rechecked_on_a_cache_hit() -> None:
    """Neither a cached policy nor a remembered verdict opens a route without its scope."""
    box = Sandbox(_ADMIN_RULE | {"GATEWAY_TTL_SECONDS": "300", "VERDICT_TTL_SECONDS": "60"})
    session = SessionMaker()
    answer = box.call_with(session.access()).answer
    assert answer is not None
    assert not policy_allows(answer["policyDocument"], f"{STAGE_ARN}/GET/admin")
    admin = rest_request(f"Bearer {sign(session.access())}", path="/admin")
    seen = box.send(admin)
    assert (seen.status, seen.reason) == (403, Reason.ROUTE_NOT_ALLOWED)
    assert seen.line["found_by"] == "memory"


def test_cached_verdict_outliving_exp() -> None:
    """A remembered *active* does not let a token in after it has expired, leeway or not."""
    box = Sandbox({"VERDICT_TTL_SECONDS": "3600", "LEEWAY_SECONDS": "0"})
    token = sign(SessionMaker().access(exp=NOW + 10))
    assert box.call(token).status == 200
    box.clock.advance(9)
    assert box.call(token).line["found_by"] == "memory"
    box.clock.advance(1)
    assert box.call(token).reason == Reason.TOKEN_EXPIRED


def test_cached_policy_outliving_exp() -> None:
    """A policy that the gateway caches ends by itself with its token, leeway included."""
    box = Sandbox({"GATEWAY_TTL_SECONDS": "300"})
    answer = box.call_with(SessionMaker().access(exp=NOW + 10)).answer
    assert answer is not None
    ends = [s for s in answer["policyDocument"]["Statement"] if "Condition" in s]
    assert [(s["Effect"], s["Resource"], s["Condition"]) for s in ends] == [
        (
            "Deny",
            [f"{STAGE_ARN}/*"],
            {"DateGreaterThan": {"aws:CurrentTime": "2026-11-20T12:00:15Z"}},
        )
    ]


def test_raw_token_as_a_cache_key() -> None:
    """A session is remembered by its verified claims: its second token is not asked about."""
    box = Sandbox({"VERDICT_TTL_SECONDS": "60"})
    session = SessionMaker()
    for _ in range(3):
        assert box.call_with(session.access()).status == 200
    assert box.cognito.getuser_calls == 1


def test_raw_token_in_the_context() -> None:
    """The backend gets verified claims as text and numbers, and no token."""
    token = new_token()
    answer = Sandbox().call(token).answer
    assert answer is not None
    assert set(answer["context"]) == {
        "issuer",
        "sub",
        "username",
        "client_id",
        "scope",
        "groups",
        "session",
        "expires_at",
    }
    assert all(type(value) in {str, int} for value in answer["context"].values())
    assert not any(segment in json.dumps(answer) for segment in token.split("."))


def test_unbounded_cache() -> None:
    """Verdicts beyond the stated number are forgotten, the least recently used first."""
    box = Sandbox({"VERDICT_TTL_SECONDS": "3600", "VERDICT_MAX_ENTRIES": "3"})
    sessions = [SessionMaker() for _ in range(4)]
    for session in sessions:
        box.call_with(session.access())
    found = [box.call_with(session.access()).line["found_by"] for session in sessions[::-1]]
    assert found == ["memory", "memory", "memory", "getuser"]


def test_only_one_token_of_a_user_blocked() -> None:
    """Once a session is revoked each of its tokens is refused, also those never seen before."""
    box = Sandbox({"VERDICT_TTL_SECONDS": "60"})
    session = SessionMaker()
    tokens = [sign(session.access()) for _ in range(3)]
    box.cognito.revoked.add(session.origin_jti)
    assert [box.call(token).reason for token in tokens] == [Reason.SESSION_REVOKED] * 3
    assert box.cognito.getuser_calls == 1


def test_methods_open_by_default() -> None:
    """With the default closed, a route that no rule names is closed to everybody."""
    rules = {"default": "closed", "rules": {"GET /hello": {"any_scope": [ADMIN_SCOPE]}}}
    box = Sandbox({"ROUTE_RULES": json.dumps(rules)})
    token = new_token()
    assert box.call(token).status == 200
    for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        event = rest_request(f"Bearer {token}", method=method)
        assert box.send(event).status == 403


def test_unavailable_cached_as_no() -> None:
    """The first request after an outage is asked about and granted."""
    box = Sandbox({"VERDICT_TTL_SECONDS": "3600"})
    token = new_token()
    box.cognito.session_failure = _THROTTLED
    assert [box.call(token).status for _ in range(3)] == [503] * 3
    box.cognito.session_failure = None
    assert box.call(token).status == 200


@pytest.mark.parametrize("failure", [TransportError("timed out"), Answer(500, b""), _THROTTLED])
@pytest.mark.parametrize("simple", ["iam", "simple"])
def test_outage_answered_by_a_cacheable_403(failure: Answer | TransportError, simple: str) -> None:
    """An outage is an error, which no gateway caches, and never a policy or a no."""
    cognito = FakeCognito()
    cognito.session_failure = failure
    box = Sandbox({"HTTP_API_RESPONSE": simple}, cognito=cognito)
    for event in (rest_request(f"Bearer {new_token()}"), http_v2(f"Bearer {new_token()}")):
        seen = box.send(event)
        assert (seen.status, seen.answer) == (503, None)
