"""The gateway's result cache."""

from __future__ import annotations

from simulation.gateway import ResultCache
from tests.simulation.test_quotas import Now
from tests.unit.ledger.bench import token


def test_a_result_holds_for_its_time() -> None:
    """It is used 59.9 s later, and not after 60."""
    now = Now()
    cache, about = ResultCache(60, now), token(expires_at=1000)
    assert not cache.allows(about)
    cache.keep(about)
    now.seconds = 59.9
    assert cache.allows(about)
    now.seconds = 60
    assert not cache.allows(about)


def test_a_result_ends_with_its_token() -> None:
    """The policy carries the token's end."""
    now = Now()
    cache, about = ResultCache(60, now), token(expires_at=30)
    cache.keep(about)
    now.seconds = 29.9
    assert cache.allows(about)
    now.seconds = 30
    assert not cache.allows(about)


def test_the_key_is_the_token() -> None:
    """Another token of the same session is asked about."""
    cache = ResultCache(60, Now())
    cache.keep(token(name="one", expires_at=1000))
    assert not cache.allows(token(name="two", expires_at=1000))


def test_off_is_off() -> None:
    """With a TTL of 0 nothing is kept."""
    cache, about = ResultCache(0, Now()), token(expires_at=1000)
    cache.keep(about)
    assert not cache.allows(about)
