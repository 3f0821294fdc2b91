"""The issuer's signing keys: fetched rarely, trusted for a stated time, never wiped by a failure.

Four promises, each with its own tests:

1. **Maximum age.** A key is trusted for ``max_age_seconds`` after the fetch that brought it.
2. **Unknown key names are rationed.** A token may name any ``kid``. Fetches on that account
   draw on a token bucket, so that a flood of forged names costs a bounded number of fetches;
   and as any fetch brings the whole set, a real rotation is accepted within one interval, or
   one after the cool-down.
3. **Cool-down.** After a failed fetch nothing is fetched for ``failure_cooldown_seconds``.
4. **Bounded staleness.** While fetches fail, keys are served for ``max_stale_seconds`` beyond
   their maximum age, and not a second longer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from jose.faults import Fault, JoseError
from jose.key_set import RS256_ONLY, KeySet, KeySetError, parse_key_set
from jose.key_settings import KeySettings
from transport import Deadline, Transport, TransportError, WallClock

if TYPE_CHECKING:
    from jose.key_set import PublicKey

MAX_KEY_SET_BYTES = 65_536


class KeyStore:
    """The keys of one issuer."""

    def __init__(
        self,
        url: str | Callable[[Deadline], str],
        settings: KeySettings,
        *,
        transport: Transport,
        clock: WallClock,
        bundled: KeySet | None = None,
        algorithms: frozenset[str] = RS256_ONLY,
    ) -> None:
        """
        Args:
            url: where the issuer publishes its key set, or what finds that out; it may raise what
                fetching does.
            settings: ages, intervals and cool-downs.
            transport: how to fetch it.
            clock: wall-clock time, seconds since the epoch.
            bundled: keys that came with the deployment.
            algorithms: what the issuer signs by; keys for others are passed over.
        """
        self._url = url
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._algorithms = algorithms
        self._current = bundled
        self._is_bundled = bundled is not None
        self._started_at = clock()
        self._failed_at: float | None = None
        self._allowance = float(settings.unknown_kid_burst)
        self._allowance_at = self._started_at
        self.fetches = 0
        self.served_stale = False

    def find(self, kid: str, deadline: Deadline) -> PublicKey:
        """The key named ``kid``.

        Raises:
            JoseError: KEY_UNKNOWN if the issuer has no such key, as a fetch has just confirmed;
                KEYS_UNAVAILABLE or KEY_LOOKUP_LIMITED if nobody could say, because the key set
                can't be fetched now or because too many unknown names were asked for.
        """
        self.served_stale = False
        now = self._clock()
        current = self._current
        is_fresh = self._is_fresh(now)
        if is_fresh and current is not None and kid in current.keys:
            return current.keys[kid]
        was_fetched = not is_fresh and self._refresh(now, deadline)
        current = self._current
        if current is None or self._is_spent(current, now):
            raise JoseError(Fault.KEYS_UNAVAILABLE)
        key = current.keys.get(kid)
        if key is not None:
            self.served_stale = not self._is_fresh(now)
            return key
        if was_fetched:
            raise JoseError(Fault.KEY_UNKNOWN)
        return self._find_unknown(kid, now, deadline)

    def is_for(self, kid: str, algorithm: str) -> bool:
        """Whether the key named ``kid`` that is held now is not stated for another algorithm."""
        current = self._current
        return current is not None and current.stated.get(kid, algorithm) == algorithm

    def age_seconds(self) -> float:
        """For how long the keys that are served now have been trusted, of ``max_age_seconds``.

        Bundled keys are from the start of this sandbox on. 0 before the first fetch.
        """
        current = self._current
        return 0.0 if current is None else max(0.0, self._clock() - self._trusted_since(current))

    def _find_unknown(self, kid: str, now: float, deadline: Deadline) -> PublicKey:
        if self._is_cooling_down(now):
            # A draw without a fetch would be missing as soon as one can be made.
            raise JoseError(Fault.KEYS_UNAVAILABLE)
        if not self._draw(now):
            raise JoseError(Fault.KEY_LOOKUP_LIMITED)
        if not self._refresh(now, deadline):
            raise JoseError(Fault.KEYS_UNAVAILABLE)
        assert self._current is not None
        key = self._current.keys.get(kid)
        if key is None:
            raise JoseError(Fault.KEY_UNKNOWN)
        return key

    def _is_fresh(self, now: float) -> bool:
        if self._current is None:
            return False
        if self._is_bundled:
            # Trusted from the moment this sandbox started, if the deployment is recent enough.
            age_of_bundle = now - self._current.fetched_at
            return (
                0 <= age_of_bundle <= self._settings.bundled_max_age_seconds
                and 0 <= now - self._started_at < self._settings.max_age_seconds
            )
        # A clock that has gone backwards makes an age negative, and tells nothing: fetch again.
        return 0 <= now - self._current.fetched_at < self._settings.max_age_seconds

    def _is_spent(self, current: KeySet, now: float) -> bool:
        if self._is_bundled and now - current.fetched_at > self._settings.bundled_max_age_seconds:
            return True
        limit = self._settings.max_age_seconds + self._settings.max_stale_seconds
        return now - self._trusted_since(current) >= limit

    def _trusted_since(self, current: KeySet) -> float:
        return self._started_at if self._is_bundled else current.fetched_at

    def _draw(self, now: float) -> bool:
        """Take one fetch from the bucket; False if it is empty."""
        elapsed = max(0.0, now - self._allowance_at)
        refilled = self._allowance + elapsed / self._settings.unknown_kid_interval_seconds
        self._allowance = min(float(self._settings.unknown_kid_burst), refilled)
        self._allowance_at = now
        if self._allowance < 1.0:
            return False
        self._allowance -= 1.0
        return True

    def _is_cooling_down(self, now: float) -> bool:
        since = None if self._failed_at is None else now - self._failed_at
        return since is not None and 0 <= since < self._settings.failure_cooldown_seconds

    def _refresh(self, now: float, deadline: Deadline) -> bool:
        """Fetch the key set; keep the old one, and remember the failure, if that fails."""
        if self._is_cooling_down(now):
            return False
        try:
            self._current = self._fetch(now, deadline)
        except (TransportError, KeySetError):
            self._failed_at = now
            self._date_anew(now)
            return False
        self._failed_at = None
        self._is_bundled = False
        return True

    def _date_anew(self, now: float) -> None:
        """Keys from the future have no known age: from now on they count as just gone stale.

        Otherwise a clock that was put right would let them be served, while fetches fail, for as
        long as it had been fast.
        """
        current = self._current
        if current is None or now >= self._trusted_since(current):
            return
        since = now - self._settings.max_age_seconds
        if self._is_bundled:
            self._started_at = since
        else:
            self._current = current._replace(fetched_at=since)

    def _fetch(self, now: float, deadline: Deadline) -> KeySet:
        self.fetches += 1
        url = self._url if isinstance(self._url, str) else self._url(deadline)
        answer = self._transport.request(
            "GET",
            url,
            headers={"Accept": "application/json"},
            body=None,
            max_bytes=MAX_KEY_SET_BYTES,
            deadline=deadline,
        )
        if answer.status != 200:
            raise KeySetError("not served")
        try:
            document = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise KeySetError("not JSON") from None
        return parse_key_set(document, fetched_at=now, algorithms=self._algorithms)
