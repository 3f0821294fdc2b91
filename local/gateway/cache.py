"""The authorizer result cache of a stage.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from local.clock import WallClock
from local.gateway.answers import AuthorizerAnswer
from local.gateway.config import AuthorizerConfig

#: Entries that may gather before those that have ended are dropped.
_LEAST_ROOM = 64


@dataclass(frozen=True, slots=True)
class _Entry:
    answer: AuthorizerAnswer
    until: float


class ResultCache:
    """Answers by authorizer and identity values in their order; neither route nor method.

    Any answer is kept, be it an Allow or a Deny; an error is no answer.
    """

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[tuple[str, tuple[str, ...]], _Entry] = {}
        self._room = _LEAST_ROOM

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, config: AuthorizerConfig, values: tuple[str, ...]) -> AuthorizerAnswer | None:
        """The answer that was kept less than the TTL ago."""
        with self._lock:
            entry = self._entries.get((config.name, values))
        return entry.answer if entry is not None and self._clock() < entry.until else None

    def put(
        self, config: AuthorizerConfig, values: tuple[str, ...], answer: AuthorizerAnswer
    ) -> None:
        """Keep an answer for the authorizer's TTL, from now; with a TTL of 0 not at all."""
        if config.ttl_seconds == 0:
            return
        now = self._clock()
        with self._lock:
            self._entries[config.name, values] = _Entry(answer, now + config.ttl_seconds)
            if len(self._entries) > self._room:
                self._entries = {
                    key: kept for key, kept in self._entries.items() if now < kept.until
                }
                self._room = max(_LEAST_ROOM, 2 * len(self._entries))

    def flush(self) -> None:
        """Forget everything: FlushStageAuthorizersCache, which knows nothing finer."""
        with self._lock:
            self._entries.clear()
