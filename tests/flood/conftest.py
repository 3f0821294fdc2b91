"""How long a flood is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import redirect_stdout

import pytest

from tests.flood.bench import LastLine


@pytest.fixture(autouse=True)
def _unprinted() -> Iterator[None]:
    """Metrics that a sandbox prints are not kept: they would look like a leak of its own."""
    with redirect_stdout(LastLine()):
        yield


@pytest.fixture
def flood_size(request: pytest.FixtureRequest) -> int:
    """Requests in a flood."""
    return 100_000 if request.config.getoption("--long") else 5_000
