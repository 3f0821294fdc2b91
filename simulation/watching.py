"""Watches revoked sessions until the last request is let in.

They stand beside the load and are not counted in its rates. Each calls without pause, in whichever
sandbox is idle, from before it is revoked until after its declared maximum: a thief who keeps
trying.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from random import Random

from simpy.events import Event

from simulation.api import Answered, Api
from simulation.outcome import Delay, Way
from simulation.revocations import Revoker
from simulation.sessions import Session
from simulation.tally import quantile
from simulation.world import Time

#: Calls come this often around the revocation, and until so long after it.
_CLOSE_SECONDS = 0.25
_CLOSE_UNTIL_SECONDS = 15.0
#: Later, so many calls are made until the declared maximum.
_LATER_CALLS = 60
_AFTER_SECONDS = 5.0


@dataclass(slots=True)
class Watch:
    """One session that is revoked, and its requests that were let in afterwards."""

    way: Way
    session: Session
    declared_seconds: int
    revoked_at: float = float("inf")
    last_let_in_at: float = 0.0
    late: int = 0

    def record(self, answered: Answered) -> None:
        """One answer to it."""
        if answered.status == 200 and answered.answered_at >= self.revoked_at:
            self.last_let_in_at = max(self.last_let_in_at, answered.answered_at)
            self.late += answered.asked_at > self.revoked_at + self.declared_seconds

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
    later_seconds = max(_CLOSE_SECONDS, watch.declared_seconds / _LATER_CALLS)
    is_revoked = False
    while True:
        now = time.now()
        if not is_revoked and now >= revoked_at:
            is_revoked = True
            time.env.process(_revoke(watch, revoker, time))
        if now > watch.revoked_at + watch.declared_seconds + _AFTER_SECONDS:
            return
        api.call(watch.session, token, watch.record)
        is_close = now < watch.revoked_at + _CLOSE_UNTIL_SECONDS or not is_revoked
        mean = _CLOSE_SECONDS if is_close else later_seconds
        yield time.env.timeout(mean * (0.5 + random.random()))


def _revoke(watch: Watch, revoker: Revoker, time: Time) -> Generator[Event, None, None]:
    yield from revoker.revoke(watch.way, watch.session)
    watch.revoked_at = time.now()


def summary(way: Way, watches: list[Watch]) -> Delay:
    """Of all sessions that were revoked in one way."""
    delays = sorted(watch.delay_seconds for watch in watches)
    return Delay(
        way=way,
        revocations=len(watches),
        p50_seconds=quantile(delays, 0.50),
        p99_seconds=quantile(delays, 0.99),
        max_seconds=delays[-1],
        declared_seconds=watches[0].declared_seconds,
        late=sum(watch.late for watch in watches),
    )
