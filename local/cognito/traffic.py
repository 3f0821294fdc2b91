"""What stands before the operations: counters, quotas, throttling and outages.

https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
"""

from __future__ import annotations

import threading
from collections import Counter

from local.clock import WallClock
from local.cognito.errors import CognitoError

#: In :attr:`Traffic.throttled` and :attr:`Traffic.down`: every operation.
EVERYTHING = "*"

#: What fetches of a key set are counted as. AWS gives them no quota.
KEY_SET = "JWKS"

#: Requests a second, for the whole account and Region. UserUpdate can't be raised.
_USER_READS_PER_SECOND = 120
_USER_UPDATES_PER_SECOND = 25
#: Reads about one user; can't be raised.
_READS_OF_ONE_USER_PER_SECOND = 10

_USER_READ = frozenset({"GetUser", "AdminGetUser"})
_USER_UPDATE = frozenset(
    {
        "AdminAddUserToGroup",
        "AdminDeleteUserAttributes",
        "AdminDisableUser",
        "AdminEnableUser",
        "AdminRemoveUserFromGroup",
        "AdminResetUserPassword",
        "AdminSetUserPassword",
        "AdminUpdateUserAttributes",
        "AdminUserGlobalSignOut",
        "GlobalSignOut",
        "UpdateUserAttributes",
    }
)


class Traffic:
    """Lets requests through, or not. The sets may be changed at any time.

    Attributes:
        calls: requests that arrived, by operation, refused ones included.
        throttled: operations that answer TooManyRequestsException.
        down: operations that answer InternalErrorException, with status 500.
        has_quotas: whether AWS's default quotas hold, by the second of the injected clock.
    """

    def __init__(self, clock: WallClock, *, has_quotas: bool = False) -> None:
        self.calls: Counter[str] = Counter()
        self.throttled: set[str] = set()
        self.down: set[str] = set()
        self.has_quotas = has_quotas
        self._clock = clock
        self._lock = threading.Lock()
        self._second = 0
        self._used: Counter[str] = Counter()

    def admit(self, operation: str) -> None:
        """Count a request.

        Raises:
            CognitoError: it goes no further.
        """
        with self._lock:
            self.calls[operation] += 1
        if {operation, EVERYTHING} & self.down:
            raise CognitoError("InternalErrorException", "Something went wrong.", status=500)
        if {operation, EVERYTHING} & self.throttled:
            raise _too_many()
        if operation in _USER_READ:
            self._spend("UserRead", _USER_READS_PER_SECOND)
        if operation in _USER_UPDATE:
            self._spend("UserUpdate", _USER_UPDATES_PER_SECOND)

    def admit_read_of(self, subject: str) -> None:
        """Count a read about one user.

        Raises:
            CognitoError: too many in this second.
        """
        self._spend(f"reads of {subject}", _READS_OF_ONE_USER_PER_SECOND)

    def _spend(self, quota: str, per_second: int) -> None:
        if not self.has_quotas:
            return
        with self._lock:
            second = int(self._clock())
            if second != self._second:
                self._second = second
                self._used.clear()
            self._used[quota] += 1
            if self._used[quota] > per_second:
                raise _too_many()


def _too_many() -> CognitoError:
    return CognitoError("TooManyRequestsException", "Rate exceeded")
