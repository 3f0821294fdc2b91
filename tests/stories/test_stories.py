"""The stories of ``make stories``, step by step, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.stories import provider_cookie, provider_logout, remains, session_cache
from local.stories.chapter import GetWorld
from local.story.telling import Step
from local.web.worlds import Worlds


@pytest.mark.parametrize(
    ("tell", "count"),
    [
        (provider_cookie.tell, 18),
        (session_cache.tell, 9),
        (provider_logout.tell, 11),
        (remains.tell, 24),
    ],
    ids=["provider-cookie", "session-cache", "provider-logout", "remains"],
)
def test_every_step_goes_as_told(
    worlds: Worlds, tell: Callable[[GetWorld], Iterator[Step]], count: int
) -> None:
    """Each step gets the answer that the story says, on one line of the table."""
    steps = list(tell(worlds.get))
    assert [step for step in steps if not step.is_as_told] == []
    assert len(steps) == count
    assert [step.what for step in steps if len(step.what) > 38] == []
    assert [step.actual.reason for step in steps if len(step.actual.reason) > 30] == []
