"""The rules of the gateway's cache, each broken: how long, under which key, for which requests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.exports import Export

from .attached import ApiKind
from .right import EXPORTED_SOURCES, attach, exported, with_authorizer
from .rules import problems


def test_a_ttl_may_not_be_left_out() -> None:
    """REST APIs cache for 300 s unless they are told otherwise."""
    (problem,) = problems(with_authorizer(attach(ApiKind.REST), ttl=None))
    assert "leaves the TTL" in problem


@pytest.mark.parametrize("kind", [ApiKind.REST, ApiKind.HTTP, ApiKind.GRAPHQL])
def test_a_ttl_may_not_be_made_up(kind: ApiKind) -> None:
    """A TTL of which the function was not told adds to the delay, unseen."""
    (problem,) = problems(with_authorizer(attach(kind), ttl=30))
    assert "of which the function knows nothing" in problem


def test_a_ttl_may_not_come_from_another_export() -> None:
    """The delay is a number of seconds too, and a longer one."""
    delay = exported(Export.REVOCATION_DELAY_SECONDS)
    (problem,) = problems(with_authorizer(attach(ApiKind.HTTP), ttl=delay))
    assert "takes its TTL from" in problem


def test_websockets_have_no_ttl() -> None:
    """What has no effect is not shown."""
    (problem,) = problems(with_authorizer(attach(ApiKind.WEBSOCKET), ttl=0))
    assert "WebSocket APIs have none" in problem


@pytest.mark.parametrize(
    "sources",
    [
        (),
        ("method.request.header.X-Token",),
        (EXPORTED_SOURCES[ApiKind.HTTP],),
        (EXPORTED_SOURCES[ApiKind.REST], "method.request.header.Accept"),
    ],
)
def test_the_identity_source_is_the_token_source(sources: tuple[str, ...]) -> None:
    """The gateway's cache key is where the function reads, and nothing besides."""
    (problem,) = problems(with_authorizer(attach(ApiKind.REST), identity_sources=sources))
    assert "not where the function does" in problem


def test_a_deployments_ttl_goes_with_its_token_source() -> None:
    """With a cache, a place that is written by hand could one day be another one."""
    literal = ("method.request.header.Authorization",)
    rest = attach(ApiKind.REST)
    (problem,) = problems(with_authorizer(rest, identity_sources=literal))
    assert "cache key from elsewhere" in problem
    assert problems(with_authorizer(rest, identity_sources=literal, ttl=0)) == []


def test_payload_is_2_0() -> None:
    """An HTTP API is told which events to send."""
    (problem,) = problems(with_authorizer(attach(ApiKind.HTTP), payload_version="1.0"))
    assert "payload 1.0" in problem


def test_a_simple_yes_is_for_one_route() -> None:
    """Without the route in the cache key a yes opens every route."""
    sources = (EXPORTED_SOURCES[ApiKind.HTTP],)
    attached = with_authorizer(attach(ApiKind.HTTP, is_simple=True), identity_sources=sources)
    (problem,) = problems(attached)
    assert "a yes for all" in problem


@pytest.mark.parametrize("route", ["GET /a/{id}", "ANY /a", "$default"])
def test_a_simple_yes_is_for_one_request(route: str) -> None:
    """With a cache, a route that stands for several requests has one answer for all of them."""
    attached = replace(attach(ApiKind.HTTP, is_simple=True), routes={("Api", route): "Session"})
    (problem,) = problems(attached)
    assert "share one cached yes" in problem
    assert problems(with_authorizer(attached, ttl=0)) == []
