from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.cognito_bench import CognitoBench, open_cognito_bench


@pytest.fixture
def bench() -> Iterator[CognitoBench]:
    """A Cognito of the test's own."""
    with open_cognito_bench() as bench:
        yield bench
