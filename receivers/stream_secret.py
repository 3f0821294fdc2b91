"""The Authorization header that a stream was set up with: it may be asked for beside a signature.

RFC 8935, section 3 leaves the transmitter's authentication to both sides; the Shared Signals
Framework 1.0 has ``authorization_header`` in a stream's delivery (section 6.1.1). It is read from
a SecureString parameter, and only for tokens whose signature holds.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from issuers.secret import SecretError
from receivers.report import UnavailableError
from transport import Deadline, WallClock

#: For how long one that was changed is still taken.
_MAX_AGE_SECONDS = 300
#: Before that nobody's wrong header has it read again: an account's reads of parameters are 40 a
#: second. https://docs.aws.amazon.com/general/latest/gr/ssm.html
_MIN_AGE_SECONDS = 1


class StreamSecret:
    """One transmitter's header."""

    def __init__(self, read: Callable[[Deadline], str], *, clock: WallClock) -> None:
        self._read = read
        self._clock = clock
        self._value = b""
        self._read_at: float | None = None

    def matches(self, header: str | None, deadline: Deadline) -> bool:
        """Whether a request has it. One that has not is held against the parameter read anew, once
        in a second.

        Raises:
            UnavailableError: the parameter can't be read now.
        """
        shown = (header or "").encode("utf-8", "surrogatepass")
        if self._is_younger_than(_MAX_AGE_SECONDS) and hmac.compare_digest(shown, self._value):
            return True
        if self._is_younger_than(_MIN_AGE_SECONDS):
            return False
        try:
            self._value = self._read(deadline).encode()
        except SecretError:
            raise UnavailableError("secret_unavailable") from None
        self._read_at = self._clock()
        return hmac.compare_digest(shown, self._value)

    def _is_younger_than(self, seconds: int) -> bool:
        return self._read_at is not None and 0 <= self._clock() - self._read_at < seconds
