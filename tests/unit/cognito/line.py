"""A way to Cognito that gives one answer after another, on a clock that moves by what it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cognito.aws import user_pools
from cognito.calls import MAX_ANSWER_BYTES, Calls
from tests.tokens import NOW
from transport import Answer, Deadline, TransportError

DONE = Answer(200, b"{}", "request-1")
SAID = "what the other side wrote"


def failing(code: Any, status: int = 400) -> Answer:
    """An error in the form of AWS's JSON protocol."""
    text = json.dumps({"__type": code, "message": SAID})
    return Answer(status, text.encode(), "request-1")


THROTTLED = failing("TooManyRequestsException")


@dataclass
class Line:
    """See :class:`transport.Transport`. The last answer stays."""

    answers: list[Answer | TransportError]
    seconds_each: float = 0.0
    now: float = 0.0
    sent: list[dict[str, Any]] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """The time."""
        return self.now

    def pause(self, seconds: float) -> None:
        """Time goes by."""
        self.pauses.append(seconds)
        self.now += seconds

    def calls(self, region: str, *, max_attempts: int) -> Calls:
        """Cognito, as a Lambda with credentials calls it."""
        return user_pools(
            region,
            {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"},
            local_endpoint=None,
            max_attempts=max_attempts,
            transport=self,
            clock=lambda: NOW,
            pause=self.pause,
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        """See :class:`transport.Transport`."""
        assert max_bytes == MAX_ANSWER_BYTES
        self.sent.append({"method": method, "url": url, "headers": headers, "body": body})
        self.left.append(deadline.remaining_seconds())
        self.now += self.seconds_each
        answer = self.answers[min(len(self.sent), len(self.answers)) - 1]
        if isinstance(answer, TransportError):
            raise answer
        return answer
