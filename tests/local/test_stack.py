"""The stack as a whole: the product's own code between the two imitations."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

from local.cognito.traffic import KEY_SET
from local.gateway.config import Flavour
from tests.local.cognito_bench import refusal
from tests.local.stack_bench import running


def test_refusals_carry_the_products_headers() -> None:
    """A revoked session is 401 with a challenge, a throttled check 503 with Retry-After."""
    with running() as caller:
        tokens = caller.sign_in()
        caller.stack.cognito.traffic.throttled = {"GetUser"}
        unavailable = caller.call(tokens.access)
        caller.stack.cognito.traffic.throttled = set()
        caller.sign_in("phone")
        refused = caller.call(tokens.access)
    assert unavailable.status_code == 503
    assert unavailable.headers["Retry-After"] == "1"
    assert refused.status_code == 401
    challenge = refused.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="invalid_token", error_description=')
    assert "signed in elsewhere" in challenge
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_the_backend_learns_who_calls_and_not_the_token() -> None:
    """The authorizer's context reaches the backend; the token is not in it."""
    with running() as caller:
        tokens = caller.sign_in()
        answer = caller.call(tokens.access)
    context = answer.json()["authorizer"]
    assert context["sub"] == tokens.claims["sub"]
    assert context["session"] == tokens.claims["origin_jti"]
    assert tokens.access not in answer.text


def test_within_the_ttl_one_session_costs_one_call() -> None:
    """A second request for the same session asks nobody, a refreshed token neither."""
    with running(verdict_ttl_seconds=30) as caller:
        tokens = caller.sign_in()
        for _ in range(3):
            assert caller.call(tokens.access).status_code == 200
        assert caller.get_user_calls() == 1


def test_each_sandbox_has_a_memory_of_its_own() -> None:
    """Two copies that take turns ask once each; one that is chosen keeps to its own memory."""
    with running(ledger=False, verdict_ttl_seconds=30, sandboxes=2) as caller:
        tokens = caller.sign_in()
        for _ in range(4):
            caller.call(tokens.access)
        assert caller.get_user_calls() == 2
        caller.stack.sandboxes.chosen = 1
        caller.call(tokens.access)
        assert caller.get_user_calls() == 2
        assert len(caller.stack.sandboxes.decisions()) == 5


def test_parallel_first_calls_cost_one_call_for_each_sandbox() -> None:
    """Without a ledger, fifteen calls of one page at once ask Cognito once per sandbox."""
    with running(ledger=False, verdict_ttl_seconds=30, sandboxes=3) as caller:
        tokens = caller.sign_in()
        assert caller.call_at_once(*[tokens.access] * 15) == [200] * 15
        assert caller.get_user_calls() == 3


def test_a_key_rotation_is_followed() -> None:
    """A token that is signed by a key nobody has seen yet is accepted at once."""
    with running() as caller:
        old = caller.sign_in("laptop")
        assert caller.call(old.access).status_code == 200
        caller.stack.cognito.keys.rotate(caller.stack.pool_id)
        new = caller.sign_in("phone")
        assert caller.call(new.access).status_code == 200


def test_no_keys_is_an_outage_and_not_a_refusal() -> None:
    """While the key set cannot be had the answer is 503; afterwards the same token is good."""
    with running() as caller:
        tokens = caller.sign_in()
        caller.stack.cognito.traffic.down = {KEY_SET}
        assert caller.call(tokens.access).status_code == 503
        caller.stack.cognito.traffic.down = set()
        caller.clock.advance(60)
        assert caller.call(tokens.access).status_code == 200


def test_the_hook_signs_out_and_reports() -> None:
    """The hook that runs is the product's own: it signs out on a sign-in, not on a refresh."""
    with running() as caller:
        tokens = caller.sign_in()
        caller.stack.sdk.initiate_auth(
            ClientId=caller.stack.client_ids["laptop"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens.refresh},
        )
        outcomes = [line["outcome"] for line in caller.stack.hook.lines() if "outcome" in line]
    assert outcomes == ["signed_out", "not_a_sign_in"]


def test_a_hook_that_is_called_twice_does_no_harm() -> None:
    """Called again for one sign-in, the hook leaves the new session alive."""
    with running() as caller:
        caller.stack.cognito.trigger.calls_per_event = 2
        assert caller.call(caller.sign_in().access).status_code == 200


def test_a_sign_in_fails_while_sign_outs_are_throttled() -> None:
    """By default the hook refuses a sign-in whose older sessions it could not end."""
    with running() as caller:
        caller.stack.cognito.traffic.throttled = {"AdminUserGlobalSignOut"}
        refused = refusal(caller.sign_in)
    assert refused is not None
    assert refused[1] == "UserLambdaValidationException"
    assert refused[2].startswith("PreTokenGeneration failed with error ")


@pytest.mark.parametrize(
    ("http_api_response", "settings"), [("iam", {}), ("simple", {"has_simple_responses": True})]
)
def test_http_api(http_api_response: str, settings: dict[str, Any]) -> None:
    """Behind an HTTP API: 200, 403 for the route, 401 once revoked, 500 if nobody can say."""
    environ = {"HTTP_API_RESPONSE": http_api_response}
    with running(flavour=Flavour.HTTP, authorizer_environ=environ, **settings) as caller:
        tokens = caller.sign_in()
        assert caller.call(tokens.access).status_code == 200
        assert caller.call(tokens.access, "/admin").status_code == 403
        caller.stack.cognito.traffic.down = {"GetUser"}
        assert caller.call(tokens.access).status_code == 500
        caller.stack.cognito.traffic.down = set()
        caller.sign_in("phone")
        assert caller.call(tokens.access).status_code == 401


def test_a_cached_simple_response_speaks_for_its_route_only() -> None:
    """With a gateway TTL a yes for one route is not a yes for another."""
    with running(
        flavour=Flavour.HTTP,
        has_simple_responses=True,
        gateway_ttl_seconds=30,
        authorizer_environ={"HTTP_API_RESPONSE": "simple"},
    ) as caller:
        tokens = caller.sign_in()
        statuses = [caller.call(tokens.access, path).status_code for path in ("/hello", "/admin")]
        assert statuses == [200, 403]
        assert caller.call(tokens.access).status_code == 200
        assert len(caller.stack.sandboxes.decisions()) == 2


def test_a_cached_allow_ends_with_its_token() -> None:
    """However long the gateway caches, a token's Allow ends at its exp and the leeway of 5 s."""
    with running(gateway_ttl_seconds=3600, verdict_ttl_seconds=3600) as caller:
        tokens = caller.sign_in()
        caller.clock.advance(3599)
        assert caller.call(tokens.access).status_code == 200
        caller.clock.advance(6)
        assert caller.call(tokens.access).status_code == 200
        caller.clock.advance(0.1)
        assert caller.call(tokens.access).status_code == 403
        assert len(caller.stack.sandboxes.decisions()) == 1


def test_header_lines_reach_the_event_as_they_were_sent() -> None:
    """Two Authorization headers stay two, and are refused."""
    with running() as caller:
        token = caller.sign_in().access
        host, _, port = caller.stack.url.removeprefix("http://").partition(":")
        status = _status_of_two_headers(host, int(port), token)
        assert status == 401
        assert caller.stack.sandboxes.decisions()[-1]["reason"] == "token_ambiguous"


def _status_of_two_headers(host: str, port: int, token: str) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.putrequest("GET", "/hello")
        connection.putheader("Authorization", f"Bearer {token}")
        connection.putheader("Authorization", f"Bearer {token}")
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()
