"""The short or the long form, as ``--long`` says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fuzz.batches import Fuzz, fuzz_briefly, fuzz_long


@pytest.fixture
def fuzz(request: pytest.FixtureRequest) -> Fuzz[Any]:
    """Holds a property against drawn inputs."""
    return fuzz_long if request.config.getoption("--long") else fuzz_briefly
