"""The authorizer result cache: what is kept, under which key, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from local.gateway.config import AuthorizerConfig, AuthorizerKind
from tests.local.gateway_bench import (
    DENY_ALL,
    REST_SOURCE,
    GatewayBench,
    http,
    http_simple,
    policy,
    rest,
    rest_token,
    statement,
)

BEARER_2 = ("Authorization", "Bearer t2")


def calls(bench: GatewayBench) -> int:
    return len(bench.function.events)


def test_no_ttl_no_cache() -> None:
    """With a TTL of 0 the authorizer is asked every time."""
    bench = rest(ttl_seconds=0)
    assert [bench.status(), bench.status()] == [200, 200]
    assert calls(bench) == 2


@pytest.mark.parametrize("make", [rest, rest_token, http])
def test_an_answer_lives_for_the_ttl(make: Any) -> None:
    """It is used until the TTL is over, not a moment longer."""
    bench = make(ttl_seconds=30)
    bench.status()
    bench.clock.advance(29.9)
    bench.status()
    assert calls(bench) == 1
    bench.clock.advance(0.1)
    bench.status()
    assert calls(bench) == 2


def test_the_key_is_the_identity_source() -> None:
    """Another token is another entry, and each keeps its own answer."""
    bench = rest(ttl_seconds=30)
    assert bench.status() == 200
    bench.function.returns_policy(DENY_ALL)
    assert bench.status("GET /hello", BEARER_2) == 403
    assert bench.status() == 200
    assert calls(bench) == 2


def test_the_order_of_identity_sources_matters() -> None:
    """The same two values the other way round are another key."""
    sources = ("method.request.header.X-One", "method.request.header.X-Two")
    bench = rest(ttl_seconds=30, identity_sources=sources)
    bench.status("GET /hello", ("X-One", "a"), ("X-Two", "b"))
    bench.status("GET /hello", ("X-One", "b"), ("X-Two", "a"))
    bench.status("GET /hello", ("X-Two", "b"), ("X-One", "a"))
    assert calls(bench) == 2


def test_values_are_not_run_together() -> None:
    """Two values never make the key of two others."""
    sources = ("method.request.header.X-One", "method.request.header.X-Two")
    bench = rest(ttl_seconds=30, identity_sources=sources)
    bench.status("GET /hello", ("X-One", "a,b"), ("X-Two", "c"))
    bench.status("GET /hello", ("X-One", "a"), ("X-Two", "b,c"))
    assert calls(bench) == 2


def test_a_policy_serves_every_method_of_its_key() -> None:
    """A cached policy answers for routes that it was not asked about."""
    bench = rest(ttl_seconds=30)
    bench.function.returns_policy(policy(statement("Allow", "GET/hello")))
    assert bench.status("GET /hello") == 200
    assert bench.status("POST /hello") == 403
    assert bench.status("GET /orders/7") == 403
    assert calls(bench) == 1


def test_a_deny_is_kept_too() -> None:
    """Any policy is kept, so a Deny outlives a change of mind."""
    bench = rest(ttl_seconds=30)
    bench.function.returns_policy(DENY_ALL)
    assert bench.status() == 403
    bench.function.returns_policy(policy(statement("Allow", "*")))
    assert bench.status() == 403
    bench.clock.advance(30)
    assert bench.status() == 200


@pytest.mark.parametrize("text", ["Unauthorized", "Unavailable"])
def test_an_error_is_not_kept(text: str) -> None:
    """After an error the authorizer is asked again at once."""
    bench = rest(ttl_seconds=30)
    good = bench.function.answer
    bench.function.answer = RuntimeError(text)
    assert bench.status() in (401, 500)
    bench.function.answer = good
    assert bench.status() == 200


def test_nonsense_is_not_kept() -> None:
    """Neither is an answer that could not be read."""
    bench = rest(ttl_seconds=30)
    good = bench.function.answer
    bench.function.answer = {}
    assert bench.status() == 500
    bench.function.answer = good
    assert bench.status() == 200


def test_each_authorizer_has_its_own_entries() -> None:
    """The same token is asked about once by each authorizer."""
    bench = rest(ttl_seconds=30)
    bench.status("GET /hello")
    bench.status("GET /strict")
    bench.status("GET /strict")
    assert calls(bench) == 2


def test_flush_forgets_everything() -> None:
    """After a flush every authorizer is asked anew."""
    bench = rest(ttl_seconds=30)
    bench.status("GET /hello")
    bench.status("GET /strict")
    bench.gateway.flush_authorizers_cache()
    bench.status("GET /hello")
    bench.status("GET /strict")
    assert calls(bench) == 4


def test_a_cached_policy_can_end_by_itself() -> None:
    """Conditions are evaluated for each request, so a cached Allow can carry its own end."""
    bench = rest(ttl_seconds=3600)
    ends = {"DateGreaterThan": {"aws:CurrentTime": "2027-01-15T08:00:10Z"}}
    bench.function.returns_policy(
        policy(statement("Allow", "*"), statement("Deny", "*", Condition=ends))
    )
    assert bench.status() == 200
    bench.clock.advance(10)
    assert bench.status() == 200
    bench.clock.advance(0.1)
    assert bench.status() == 403
    assert calls(bench) == 1


def test_a_simple_response_serves_every_route_of_its_key() -> None:
    """Without the route in the key, one yes is a yes for all routes."""
    bench = http_simple(ttl_seconds=30)
    assert bench.status("GET /hello") == 200
    bench.function.answer = {"isAuthorized": False}
    assert bench.status("GET /orders/7") == 200
    assert calls(bench) == 1


def test_a_simple_response_with_the_route_in_its_key() -> None:
    """With ``$context.routeKey`` among the identity sources each route is asked about."""
    sources = ("$request.header.Authorization", "$context.routeKey")
    bench = http_simple(ttl_seconds=30, identity_sources=sources)
    assert bench.status("GET /hello") == 200
    bench.function.answer = {"isAuthorized": False}
    assert bench.status("GET /orders/7") == 403
    assert bench.status("GET /orders/8") == 403
    assert calls(bench) == 2


def test_a_cache_wants_a_key() -> None:
    """A TTL without identity sources is a mistake, as it is in AWS."""
    with pytest.raises(ValueError, match="identity sources"):
        AuthorizerConfig("a", lambda _: None, identity_sources=(), ttl_seconds=1)


def test_a_token_authorizer_has_one_source() -> None:
    """TOKEN authorizers read one header."""
    with pytest.raises(ValueError, match="one identity source"):
        AuthorizerConfig("a", lambda _: None, (REST_SOURCE, REST_SOURCE), kind=AuthorizerKind.TOKEN)
