"""Watches revoked sessions while the load runs: the whole fleet, with what is left of its quotas.

In a world of its own (:mod:`simulation.run`) of the same load. A watched session calls until it is
let in, goes on for a second, is revoked, and goes on until after its declared maximum: a thief who
keeps trying, in whichever sandbox is idle. Ways whose maximum is long are not watched here, and nor
is the feed's, whose marks come when it is over.

**Few against the load.** The watched begin one after another, so far apart that their calls, once
they are let in, stay below ``MOST_SHARE`` of the load's; what their share came to is told. Each
stands for itself, where a sampled session stands for n: so its calls take an n-th of what one of
the sample's takes of the account's quotas and the ledger's partitions, and are granted or refused
as that would be.

**Resolution.** In a large fleet a session meets a sandbox again by chance alone. Among a thousand
that remember rows for two seconds too long each watched session was let in late 0.7 times on the
mean, for one second 0.2 times: so a dozen find two seconds, and those of the target one. Verdicts
are a second old at the revocation, and are found a second later. What is less is for
:mod:`simulation.watching` to find, on its few sandboxes.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict, dataclass
from random import Random

from simpy.events import Event

from simulation.api import Answered
from simulation.build import World
from simulation.load import Settings
from simulation.outcome import PUSHED, DelayUnderLoad, Way
from simulation.revocations import declared_seconds, ways
from simulation.watching import Watch, summary
from simulation.world import chance

#: Of the whole load's requests, so many more are made by the watched at most.
MOST_SHARE = 0.05
#: Beyond it a way is not watched under load: the load would have to run for too long.
LONGEST_DECLARED_SECONDS = 60

#: The mean pause between calls: until the session is let in; then, around its revocation, and when
#: what is remembered of it should end; and between them at most.
_WAITING_SECONDS = 0.1
_CLOSE_SECONDS = 0.05
_BETWEEN_SECONDS = 0.5
#: Whoever is not let in by then, or not revoked, is given up.
_PATIENCE_SECONDS = 30.0
#: So long it calls before its revocation, closely after it, closely before what is remembered in
#: sandboxes can be read for the last time, and after its declared maximum.
_AHEAD_SECONDS = 1.0
_CLOSE_AFTER_SECONDS = 1.0
_CLOSE_BEFORE_SECONDS = 2.0
_AFTER_SECONDS = 2.0
#: Long enough for the last request to be answered.
_DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class UnderLoad:
    """What was found, and how much of the load the watched were."""

    delays: tuple[DelayUnderLoad, ...] = ()
    share: float = 0.0


@dataclass(slots=True)
class LoadedWatch(Watch):
    """One session, and what a load makes of its requests."""

    first_let_in_at: float = float("inf")
    is_given_up: bool = False
    requests: int = 0
    unavailable: int = 0
    by_outage_rule: int = 0
    late_by_outage_rule: int = 0

    def record(self, answered: Answered) -> None:
        """See :meth:`Watch.record`; what the ledger's outage rule lets in is counted apart."""
        self.requests += 1
        self.unavailable += answered.status == 503
        if answered.status == 200:
            self.first_let_in_at = min(self.first_let_in_at, answered.answered_at)
            if not (answered.is_without_ledger and self.way in PUSHED):
                Watch.record(self, answered)
            elif answered.answered_at >= self.revoked_at:
                self.by_outage_rule += 1
                self.late_by_outage_rule += self.is_late(answered)


def watched_ways(settings: Settings) -> list[Way]:
    """The ways that can be watched while a load runs."""
    return [
        way
        for way in ways(settings)
        if way is not Way.FEED and declared_seconds(way, settings) <= LONGEST_DECLARED_SECONDS
    ]


def watch_under_load(world: World, sessions: int, begin: float) -> UnderLoad:
    """Start the load; from ``begin`` on, revoke so many sessions in each way, and watch them."""
    settings, random = world.settings, chance(world.seed, "under load")
    watches: dict[Way, list[LoadedWatch]] = {way: [] for way in watched_ways(settings)}
    if not watches:
        return UnderLoad()
    memory = settings.memory_ttl_seconds if settings.ledger else 0
    per_second = world.population.load.requests_per_second
    at, everybody = begin, list[Event]()
    for i in range(sessions):
        for way, ones in watches.items():
            declared = declared_seconds(way, settings)
            apart = _calls(declared, memory) / (MOST_SHARE * per_second)
            begin_at = at + apart * random.random()
            at += apart
            # Half of the tokens are fresh, too young for a mark on when they were issued.
            session = world.population.watched(age_seconds=120 * (i % 2) - int(begin_at))
            watch = LoadedWatch(way, session, declared, memory)
            ones.append(watch)
            everybody.append(world.env.process(_watch_one(watch, world, random, begin_at)))
    world.start_load(until=float("inf"), done=lambda _answered: None)
    world.env.run(until=world.env.all_of(everybody))
    world.env.run(until=world.time.now() + _DRAIN_SECONDS)
    made = sum(watch.requests for ones in watches.values() for watch in ones)
    delays = tuple(_summary(way, ones) for way, ones in watches.items())
    return UnderLoad(delays, made / (per_second * (world.time.now() - begin)))


def _watch_one(
    watch: LoadedWatch, world: World, random: Random, begin_at: float
) -> Generator[Event, None, None]:
    time, is_revoked = world.time, False
    yield time.env.timeout(begin_at)
    while True:
        now = time.now()
        if not is_revoked and now >= watch.first_let_in_at + _AHEAD_SECONDS:
            is_revoked = True
            time.env.process(_revoke(watch, world))
        if now > watch.revoked_at + watch.declared_seconds + _AFTER_SECONDS:
            return
        if now > begin_at + _PATIENCE_SECONDS and not watch.is_revoked:
            watch.is_given_up = True
            return
        world.api.call(watch.session, watch.session.token, watch.record)
        yield time.env.timeout(_pause_seconds(watch, now) * (0.5 + random.random()))


def _revoke(watch: LoadedWatch, world: World) -> Generator[Event, None, None]:
    yield from world.revoker.revoke(watch.way, watch.session)
    if not watch.is_given_up:
        watch.revoked_at = world.time.now()


def _pause_seconds(watch: LoadedWatch, now: float) -> float:
    """The mean time until the next call."""
    if watch.first_let_in_at > now:
        return _WAITING_SECONDS
    if now < watch.revoked_at + _CLOSE_AFTER_SECONDS:
        return _CLOSE_SECONDS
    close_at = watch.declared_seconds - watch.memory_seconds - _CLOSE_BEFORE_SECONDS
    until_close = watch.revoked_at + close_at - now
    # No pause may reach far into that time.
    return max(_CLOSE_SECONDS, min(_BETWEEN_SECONDS, until_close / 2))


def _calls(declared: int, memory: int) -> float:
    """What one session makes once it is let in, at most."""
    close = min(float(declared), _CLOSE_AFTER_SECONDS + memory + _CLOSE_BEFORE_SECONDS)
    return (_AHEAD_SECONDS + close + _AFTER_SECONDS) / _CLOSE_SECONDS + (
        declared - close
    ) / _BETWEEN_SECONDS


def _summary(way: Way, watches: list[LoadedWatch]) -> DelayUnderLoad:
    return DelayUnderLoad(
        **asdict(summary(way, watches)),
        given_up=sum(not watch.is_revoked for watch in watches),
        requests=sum(watch.requests for watch in watches),
        unavailable=sum(watch.unavailable for watch in watches),
        by_outage_rule=sum(watch.by_outage_rule for watch in watches),
        late_by_outage_rule=sum(watch.late_by_outage_rule for watch in watches),
    )
