"""Token buckets."""

from __future__ import annotations

import pytest

from simulation.quotas import TokenBucket, UserBuckets


class Now:
    """A clock that is set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_grants_its_burst_and_then_its_rate() -> None:
    """Ten at once and no eleventh; a tenth of a second later one more."""
    now = Now()
    bucket = TokenBucket(10, 10, now)
    assert [bucket.take() for _ in range(11)] == [True] * 10 + [False]
    now.seconds = 0.099
    assert not bucket.take()
    now.seconds = 0.1
    assert bucket.take()
    assert not bucket.take()


def test_a_bucket_holds_no_more_than_its_burst() -> None:
    """An hour of quiet saves up one burst."""
    now = Now()
    bucket = TokenBucket(10, 10, now)
    now.seconds = 3600
    assert sum(bucket.take() for _ in range(100)) == 10


@pytest.mark.parametrize(("per_second", "asked"), [(7, 20), (120, 500), (25, 26)])
def test_over_a_long_time_the_rate_is_granted(per_second: int, asked: int) -> None:
    """Of more than the rate, the rate and one burst are granted, however the calls fall."""
    now = Now()
    bucket = TokenBucket(per_second, per_second, now)
    granted = 0
    for call in range(asked * 60):
        now.seconds = call / asked
        granted += bucket.take()
    assert granted == pytest.approx(per_second * 61, abs=2)


def test_a_spent_bucket_begins_empty() -> None:
    """As after a long overload."""
    now = Now()
    bucket = TokenBucket(10, 10, now, is_full=False)
    assert not bucket.take()
    now.seconds = 0.1
    assert bucket.take()


def test_one_users_bucket_is_not_anothers() -> None:
    """Who has spent ten calls leaves others theirs."""
    buckets = UserBuckets(10, Now())
    assert sum(buckets.of("ada").take() for _ in range(15)) == 10
    assert buckets.of("bob").take()
    assert not buckets.of("ada").take()
