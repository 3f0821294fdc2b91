"""The story of ``make demo``, step by step, on the local stack."""

from __future__ import annotations

from local.local_bench import open_local_bench
from local.story import tell


def test_every_step_goes_as_told() -> None:
    """Each step gets the status and the reason that the story says, on one line of the table."""
    steps = list(tell(open_local_bench))
    assert [step for step in steps if not step.is_as_told] == []
    assert len({step.chapter for step in steps}) == 18
    assert len(steps) == 86
    assert [step.what for step in steps if len(step.what) > 38] == []
    assert [step.actual.reason for step in steps if len(step.actual.reason) > 30] == []
