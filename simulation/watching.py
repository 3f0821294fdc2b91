"""Watches revoked sessions until the last request is let in.

They are watched after the load, on an idle fleet of a few sandboxes, and are not counted in its
rates. Each calls without pause, in whichever sandbox is idle, from before it is revoked until after
its declared maximum: a thief who keeps trying.

**Resolution.** Calls come four times a second just after the revocation and around the declared
maximum, each sandbox gets about one a second, and half of the sessions are revoked when what is
remembered of them is a second old. So a mark that bites one second later than declared is found,
and a verdict that is used four seconds too long; ``tests/simulation/test_revocations.py`` plants
such. Where the gateway caches, its answers hide the rest: the sum of all three is not reached. Nor
is it at a verdict TTL of an hour, which is when tokens end.

What a load delays is not found here, for it has ended: see :mod:`simulation.under_load`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from random import Random

from simpy.events import Event

from simulation.api import Answered, Api
from simulation.outcome import Delay, Way
from simulation.revocations import Revoker
from simulation.sessions import Session
from simulation.tally import quantile
from simulation.world import Time

#: So often a session calls around its revocation, and around its declared maximum.
_CLOSE_SECONDS = 0.25
_CLOSE_AFTER_SECONDS = 10.0
#: Around the declared maximum that begins before a sandbox can read a verdict for the last time.
_CLOSE_BEFORE_SECONDS = 3.0
#: Between them so many calls are made: all that they are for is the time of an early end.
_BETWEEN_CALLS = 60
#: When nothing should be let in any more, calls go on for so long, and so often.
_LONG_AFTER_SECONDS = 30.0
_LONG_AFTER_EACH_SECONDS = 1.0
#: Of fewer the 99th percentile is the longest.
_LEAST_FOR_P99 = 100


@dataclass(slots=True)
class Watch:
    """One session that is revoked, and its requests that were let in afterwards."""

    way: Way
    session: Session
    declared_seconds: int
    memory_seconds: int = 0
    """How long sandboxes remember rows of the ledger."""
    revoked_at: float = float("inf")
    last_let_in_at: float = 0.0
    late: int = 0

    def record(self, answered: Answered) -> None:
        """One answer to it."""
        if answered.status == 200 and answered.answered_at >= self.revoked_at:
            self.last_let_in_at = max(self.last_let_in_at, answered.answered_at)
            self.late += self.is_late(answered)

    def is_late(self, answered: Answered) -> bool:
        """Whether it was asked for after the declared maximum."""
        return answered.asked_at > self.revoked_at + self.declared_seconds

    def pause_seconds(self, now: float) -> float:
        """The mean time until the next call."""
        since, declared = now - self.revoked_at, self.declared_seconds
        if since < _CLOSE_AFTER_SECONDS:
            return _CLOSE_SECONDS
        until_close = declared - 2 * self.memory_seconds - _CLOSE_BEFORE_SECONDS - since
        if until_close > 0:
            # No pause may reach far into that time.
            return max(_CLOSE_SECONDS, min(declared / _BETWEEN_CALLS, until_close / 2))
        if since < declared + _CLOSE_AFTER_SECONDS:
            return _CLOSE_SECONDS
        return _LONG_AFTER_EACH_SECONDS

    @property
    def is_revoked(self) -> bool:
        """Whether that has been done."""
        return self.revoked_at < float("inf")

    @property
    def delay_seconds(self) -> float:
        """From the revocation to the last 200; 0 if there was none."""
        return max(0.0, self.last_let_in_at - self.revoked_at)


def watch_one(
    watch: Watch,
    revoker: Revoker,
    api: Api,
    time: Time,
    random: Random,
    *,
    begin_seconds: float,
    ahead_seconds: float,
) -> Generator[Event, None, None]:
    """Let a session call for a while, revoke it, and go on until after its declared maximum."""
    yield time.env.timeout(begin_seconds)
    revoked_at = time.now() + ahead_seconds
    token = watch.session.token
    is_revoked = False
    while True:
        now = time.now()
        if not is_revoked and now >= revoked_at:
            is_revoked = True
            time.env.process(_revoke(watch, revoker, time))
        if now > watch.revoked_at + watch.declared_seconds + _LONG_AFTER_SECONDS:
            return
        api.call(watch.session, token, watch.record)
        yield time.env.timeout(watch.pause_seconds(now) * (0.5 + random.random()))


def _revoke(watch: Watch, revoker: Revoker, time: Time) -> Generator[Event, None, None]:
    yield from revoker.revoke(watch.way, watch.session)
    watch.revoked_at = time.now()


def summary(way: Way, watches: Sequence[Watch]) -> Delay:
    """Of all watched sessions that were revoked in one way."""
    delays = sorted(watch.delay_seconds for watch in watches if watch.is_revoked)
    return Delay(
        way=way,
        revocations=len(delays),
        p50_seconds=quantile(delays, 0.50),
        p99_seconds=quantile(delays, 0.99) if len(delays) >= _LEAST_FOR_P99 else None,
        max_seconds=max(delays, default=0.0),
        declared_seconds=watches[0].declared_seconds,
        late=sum(watch.late for watch in watches),
    )
