"""EventBridge between the trail and the feed: it delivers when it is told to.

In AWS delivery is best effort, takes minutes, keeps no order and may come twice; here the test or
the story says which of it happens.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.cognito.trail import Trail

#: Lambda tries an asynchronous invocation again twice, before the dead-letter queue gets the event.
#: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_TRIES = 3


class EventBus:
    """Brings what the trail has written down to one target.

    Attributes:
        dead_letters: events that the target failed on each time.
    """

    def __init__(self, trail: Trail, target: Callable[[dict[str, Any]], None]) -> None:
        self.dead_letters: list[dict[str, Any]] = []
        self._trail = trail
        self._target = target

    def deliver(self, *, times: int = 1, newest_first: bool = False) -> int:
        """Deliver what has happened since the last time; how many events that were.

        Args:
            times: 2 for "at least once", in its unlucky form; the whole batch comes again.
            newest_first: an order as good as any other.
        """
        events = self._trail.take()
        if newest_first:
            events.reverse()
        for _ in range(times):
            for event in events:
                self._invoke(event)
        return len(events)

    def lose(self) -> int:
        """Deliver nothing of what has happened since the last time: it is best effort."""
        return len(self._trail.take())

    def _invoke(self, event: dict[str, Any]) -> None:
        for _ in range(_TRIES):
            try:
                return self._target(event)
            except Exception:  # noqa: S112  # as Lambda does: whatever it is, try again
                continue
        self.dead_letters.append(event)
        return None
