"""What the pool and the provider have in common: sessions, tokens and keys on a clock of their own.

The clock need not be anybody else's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache

from tests.cognito import refused
from tests.delay.sessions import Session, Token
from tests.tokens import key_set
from transport import Answer, TransportError

#: Ways in which an endpoint does not answer the question.
THROTTLED = refused("TooManyRequestsException", "Rate exceeded")
FAILURES: tuple[Answer | TransportError, ...] = (
    TransportError("could not connect"),
    THROTTLED,
    Answer(500, b'{"__type":"InternalErrorException"}'),
    Answer(403, b"<html>Forbidden</html>"),
    Answer(200, b"<html>Please sign in to this network</html>"),
)


class Issuer:
    """Issues tokens and publishes keys. ``sessions`` are all there are, of every issuer."""

    def __init__(
        self, clock: Callable[[], float], token_life: int, sessions: list[Session]
    ) -> None:
        self.clock = clock
        self.failure: Answer | TransportError | None = None
        """What questions about sessions, and orders to end them, are answered instead."""
        self.key_failure: Answer | TransportError | None = None
        self.keys = ["key1"]
        """Published; the last one signs."""
        self._sessions = sessions
        self._token_life = token_life
        self._by_text: dict[str, Token] = {}

    def key_set_answer(self) -> Answer:
        """What is published."""
        if self.key_failure is not None:
            return fail(self.key_failure)
        return Answer(200, self._key_set())

    def _key_set(self) -> bytes:
        return _rsa_key_set(tuple(self.keys))

    def show(self, token: Token) -> str:
        """The text of a token that somebody is going to use."""
        text = token.text
        self._by_text[text] = token
        return text

    def shown(self, text: str) -> Token:
        """The token that was shown as this text."""
        return self._by_text[text]

    def _issue(self, session: Session, uses: Sequence[str]) -> None:
        now = int(self.clock())
        for use in uses:
            name = f"{session.name}-{len(session.tokens)}"
            token = Token(name, use, session, now, now + self._token_life, self.keys[-1])
            session.tokens.append(token)

    def _fail(self, token: Token) -> Answer:
        assert self.failure is not None
        if self.failure is THROTTLED:
            token.session.throttled_at = self.clock()
        return fail(self.failure)


def fail(failure: Answer | TransportError) -> Answer:
    """The answer that is none, or the error.

    Raises:
        TransportError: if that is the failure.
    """
    if isinstance(failure, TransportError):
        raise failure
    return failure


@cache
def _rsa_key_set(names: tuple[str, ...]) -> bytes:
    return json.dumps(key_set(*names)).encode()
