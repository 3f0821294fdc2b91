from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from local.aws.account import LocalAccount


@pytest.fixture
def account() -> Iterator[LocalAccount]:
    """A local AWS of the test's own, but for moto's memory, which is one for the process."""
    with LocalAccount(time.time, "eu-west-1") as account:
        yield account
