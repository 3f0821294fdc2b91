from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.stack import StackSettings
from tests.ops.bench import OpsBench, open_ops_bench


@pytest.fixture
def bench() -> Iterator[OpsBench]:
    """A deployment with a ledger, without a hook, whose gateway caches nothing."""
    settings = StackSettings(has_hook=False, verdict_ttl_seconds=15, memory_ttl_seconds=5)
    with open_ops_bench(settings) as bench:
        yield bench


@pytest.fixture
def caching() -> Iterator[OpsBench]:
    """The same, with a gateway that caches answers for five minutes."""
    settings = StackSettings(
        has_hook=False, verdict_ttl_seconds=15, memory_ttl_seconds=5, gateway_ttl_seconds=300
    )
    with open_ops_bench(settings) as bench:
        yield bench
