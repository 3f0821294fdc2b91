"""The product's HTTPS transport, sent to far sides on loopback in place of AWS."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from tests.faults.fault import Component, Squeeze
from transport import Answer, Deadline
from transport.https import HttpsTransport

#: What a far side is given that is known to be slow, so that waiting for it in vain costs a
#: fraction of a second. What the settings give it is shown in ``test_budgets.py``.
HURRY_SECONDS = 0.15


class _Heavy(bytes):
    """A body too heavy to be made a text of."""

    def decode(self, *_: object, **__: object) -> str:
        raise MemoryError


class Routed:
    """Sends what is meant for AWS to the far sides, by the product's own transport."""

    def __init__(self, inner: HttpsTransport, urls: Mapping[Component, str]) -> None:
        self.inner = inner
        self.urls = dict(urls)
        self.squeezes: dict[Component, Squeeze] = {}
        self.hurried: set[Component] = set()
        """Components that are given ``HURRY_SECONDS`` and no more."""

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
        parts = urlsplit(url)
        component = Component.KEYS if parts.path.endswith("/jwks.json") else Component.COGNITO
        if parts.netloc.startswith("dynamodb."):
            component = Component.LEDGER
        squeeze = self.squeezes.get(component)
        if squeeze is Squeeze.IN_THE_CALL:
            raise MemoryError
        if component in self.hurried:
            hurry = Deadline.after(HURRY_SECONDS, deadline.clock)
            deadline = min(deadline, hurry, key=Deadline.remaining_seconds)
        answer = self.inner.request(
            method,
            self.urls[component] + parts.path,
            headers=headers,
            body=body,
            max_bytes=max_bytes,
            deadline=deadline,
        )
        if squeeze is Squeeze.IN_THE_ANSWER:
            return Answer(answer.status, _Heavy(answer.body))
        return answer
