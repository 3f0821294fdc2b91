"""The story of ``make demo``, step by step, on the local stack."""

from __future__ import annotations

from local.local_bench import open_local_bench
from local.story import tell


def test_every_step_goes_as_told() -> None:
    """Each step of the story gets the status and the reason that it says."""
    steps = list(tell(open_local_bench))
    assert [step for step in steps if not step.is_as_told] == []
    assert len({step.chapter for step in steps}) == 7
    assert len(steps) == 28
