"""The whole decision: shadow mode, faults, deadlines, what is logged and measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from authorizer.errors import Reason
from authorizer.response import Unauthorized, Unavailable
from tests.events import http_v2, rest_request, websocket_connect
from tests.sandbox import Sandbox, new_token
from tests.tokens import NOW, SessionMaker
from transport import Answer

DOWN = Answer(500, b"")
RULES = json.dumps({"rules": {"GET /admin*": {"any_scope": ["orders/admin"]}}})


def test_a_living_session_is_granted() -> None:
    """A verified token whose session lives gets a policy that allows the route."""
    seen = Sandbox().call(new_token())
    assert (seen.status, seen.reason) == (200, None)


def test_a_route_without_its_scope_is_not_allowed() -> None:
    """A good token on a route it has no scope for is denied by the policy, and logged as such."""
    sandbox = Sandbox({"ROUTE_RULES": RULES})
    token = new_token()
    assert sandbox.call(token).status == 200
    seen = sandbox.call(token, rest_request(f"Bearer {token}", path="/admin"))
    assert (seen.status, seen.reason) == (403, Reason.ROUTE_NOT_ALLOWED)


def test_shadow_mode_only_counts_what_revocation_would_refuse() -> None:
    """ENFORCEMENT=shadow lets a revoked session in, and says what it would have done."""
    sandbox = Sandbox({"ENFORCEMENT": "shadow"})
    session = SessionMaker()
    sandbox.cognito.revoked.add(session.origin_jti)
    seen = sandbox.call_with(session.access())
    assert (seen.status, seen.line["would_refuse"]) == (200, Reason.SESSION_REVOKED)
    assert seen.line["WouldRefuse"] == 1


def test_shadow_mode_still_refuses_what_is_not_verified() -> None:
    """ENFORCEMENT=shadow is about revocation: expired, forged and foreign tokens are refused."""
    sandbox = Sandbox({"ENFORCEMENT": "shadow"})
    assert sandbox.call(new_token(exp=NOW - 100)).reason == Reason.TOKEN_EXPIRED
    assert sandbox.call("forged").reason == Reason.TOKEN_MALFORMED


def test_an_unexpected_error_is_a_fault_and_never_an_allow() -> None:
    """Whatever is not in the catalogue is answered 503, and the next good request works."""
    sandbox = Sandbox()
    token = new_token()

    def explode(*_: object, **__: object) -> Any:
        raise RuntimeError(token)

    sandbox.cognito.request, request = explode, sandbox.cognito.request  # type: ignore[method-assign]
    seen = sandbox.call(token)
    assert (seen.status, seen.reason) == (503, Reason.INTERNAL_FAULT)
    assert seen.line["fault"].startswith("RuntimeError at test_decision.py:")
    sandbox.cognito.request = request  # type: ignore[method-assign]
    assert sandbox.call(token).status == 200


def test_the_error_has_no_history() -> None:
    """The error that leaves carries no cause or context for a runtime to print."""
    sandbox = Sandbox()
    with pytest.raises(Unauthorized) as caught:
        sandbox.authorizer.handle(rest_request("Bearer x"))
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
    assert str(caught.value) == "Unauthorized"


def test_an_unreadable_event_is_answered_as_an_outage() -> None:
    """An event that is none of the gateway's is our side's mistake, and lets nobody in."""
    sandbox = Sandbox()
    events: list[Any] = [None, [], "event", {}, {"type": "REQUEST"}]
    for event in events:
        with pytest.raises(Unavailable):
            sandbox.authorizer.handle(event)
        assert sandbox.lines()[-1]["reason"] == Reason.EVENT_MALFORMED


def test_the_canonical_line_names_who_and_how() -> None:
    """One line per decision: outcome, route, verified identity, source and durations."""
    sandbox = Sandbox()
    session = SessionMaker()
    line = sandbox.call_with(session.access()).line
    assert line["granted"] is True
    assert line["request_id"] == "request-1"
    assert line["route"] == "/hello"
    assert (line["sub"], line["client_id"]) == (session.subject, "client1web")
    assert line["session"] == session.origin_jti
    assert (line["session_state"], line["found_by"], line["asked"]) == (
        "active",
        "getuser",
        "getuser",
    )
    assert set(line["stage_ms"]) == {"verification", "revocation", "total"}
    assert len(sandbox.lines()) == 1


def test_unsafe_choices_are_announced_at_start() -> None:
    """One warning at start names every unsafe setting; without any there is none."""
    sandbox = Sandbox({"ENFORCEMENT": "shadow", "OUTAGE_RULE": "allow"})
    assert sandbox.lines()[0]["unsafe_choices"] == ["OUTAGE_RULE=allow", "ENFORCEMENT=shadow"]
    assert Sandbox().lines() == []


def test_a_cached_policy_ends_with_its_token() -> None:
    """Where the gateway caches, the policy denies all after exp and leeway; else nothing of it."""
    token = new_token()
    cached = Sandbox({"GATEWAY_TTL_SECONDS": "300"}).call(token).answer
    uncached = Sandbox().call(token).answer
    assert cached is not None
    assert uncached is not None
    ends = [s for s in cached["policyDocument"]["Statement"] if "Condition" in s]
    assert [s["Condition"] for s in ends] == [
        {"DateGreaterThan": {"aws:CurrentTime": "2026-11-20T13:00:05Z"}}
    ]
    assert not any("Condition" in s for s in uncached["policyDocument"]["Statement"])


def test_a_websocket_connection_is_never_cached() -> None:
    """``$connect`` is asked about once per connection, so its policy needs no end."""
    sandbox = Sandbox({"GATEWAY_TTL_SECONDS": "300"})
    seen = sandbox.send(websocket_connect(f"Bearer {new_token()}"))
    assert seen.status == 200
    assert seen.answer is not None
    assert not any("Condition" in s for s in seen.answer["policyDocument"]["Statement"])


def test_both_calls_share_one_deadline() -> None:
    """Keys and session are asked for within one budget: a slow first leaves less for the second."""
    sandbox = Sandbox({"DECISION_BUDGET_MS": "2500"})
    left: list[float] = []
    request = sandbox.cognito.request

    def slow(*args: Any, **kwargs: Any) -> Any:
        left.append(kwargs["deadline"].remaining_seconds())
        sandbox.clock.advance(1)
        return request(*args, **kwargs)

    sandbox.cognito.request = slow  # type: ignore[method-assign]
    sandbox.call(new_token())
    assert left == [2.5, 1.5]


def test_an_http_api_is_told_so_in_its_own_way() -> None:
    """HTTP APIs read an errorMessage for 401, and an error for the rest."""
    sandbox = Sandbox()
    assert sandbox.send(http_v2("Bearer forged")).answer == {"errorMessage": "Unauthorized"}
    sandbox.cognito.session_failure = DOWN
    assert sandbox.send(http_v2(f"Bearer {new_token()}")).status == 503
