"""Revokes sessions in every way there is, and watches when the last request is let in.

Watched sessions stand beside the load and are not counted in its rates. Each calls without pause,
in whichever sandbox is idle, from before it is revoked until after its declared maximum: a thief
who keeps trying.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from random import Random

from simpy.events import Event

from authorizer.choices import LedgerOutageRule
from infra.revocation_delay import known_to_cognito, pushed
from ledger.judgement import MarkReason
from ledger.rows import session_name
from ledger.writer import Writer
from simulation.api import Answered, Api
from simulation.cognito import Cognito
from simulation.load import SessionMode, Settings
from simulation.outcome import Delay, Way
from simulation.sessions import Population, Session
from simulation.sign_ins import Hook
from simulation.tally import quantile
from simulation.world import ISSUER, Time
from transport import Deadline

_NAME = "fleet"
#: Calls come this often around the revocation, and until so long after it.
_CLOSE_SECONDS = 0.25
_CLOSE_UNTIL_SECONDS = 15.0
#: Later, so many calls are made until the declared maximum.
_LATER_CALLS = 60
_AFTER_SECONDS = 5.0


def ways(settings: Settings) -> list[Way]:
    """The ways in which a session can be revoked under these settings."""
    found = [Way.COGNITO]
    if settings.ledger:
        found += [Way.OPERATOR, Way.FEED]
    if settings.session_mode is SessionMode.HOOK:
        found.append(Way.HOOK)
    elif settings.session_mode is SessionMode.LEDGER:
        found.append(Way.ROSTER)
    return found


def declared_seconds(way: Way, settings: Settings) -> int:
    """The declared maximum, as the stack computes it."""
    if way in {Way.OPERATOR, Way.ROSTER} or (way is Way.HOOK and settings.ledger):
        return pushed(
            _NAME,
            gateway_ttl_seconds=settings.gateway_ttl_seconds,
            memory_ttl_seconds=settings.memory_ttl_seconds,
            ledger_outage_rule=LedgerOutageRule.GETUSER,
        ).total_seconds
    return known_to_cognito(
        _NAME,
        gateway_ttl_seconds=settings.gateway_ttl_seconds,
        memory_ttl_seconds=settings.memory_ttl_seconds if settings.ledger else None,
        verdict_ttl_seconds=settings.verdict_ttl_seconds,
        stale_grace_seconds=settings.stale_grace_seconds,
    ).total_seconds


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


class Revoker:
    """Revokes, in each way, as whoever does it would."""

    def __init__(
        self,
        cognito: Cognito,
        writer: Writer | None,
        hook: Hook,
        *,
        api: Api,
        population: Population,
        time: Time,
        feed_seconds: Callable[[], float],
    ) -> None:
        self._cognito = cognito
        self._writer = writer
        self._hook = hook
        self._api = api
        self._population = population
        self._time = time
        self._feed_seconds = feed_seconds

    def revoke(self, watch: Watch) -> Generator[Event, None, None]:
        """Revoke one session, and note when that was done."""
        session = watch.session
        if watch.way is Way.COGNITO:
            self._cognito.revoke_token(session.name)
        elif watch.way is Way.OPERATOR:
            self._end_session(session)
        elif watch.way is Way.HOOK:
            while not (yield from self._hook.sign_in(session)):
                yield self._time.env.timeout(1.0)
        elif watch.way is Way.ROSTER:
            yield self._first_request(self._population.again(session))
        else:
            self._cognito.ended.add(session.name)
            self._time.env.process(self._feed(session, int(self._time.clock())))
        session.is_ended = True
        watch.revoked_at = self._time.now()

    def _end_session(self, session: Session) -> None:
        assert self._writer is not None
        self._writer.end_session(
            session_name(ISSUER, session.subject, session.name),
            MarkReason.SESSION_REVOKED,
            now=int(self._time.clock()),
            deadline=self._deadline(),
        )

    def _feed(self, session: Session, happened_at: int) -> Generator[Event, None, None]:
        assert self._writer is not None
        yield self._time.env.timeout(self._feed_seconds())
        self._writer.end_tokens_issued_before(
            ISSUER, session.subject, happened_at, MarkReason.SESSION_REVOKED, self._deadline()
        )

    def _first_request(self, session: Session) -> Event:
        answered = self._time.env.event()

        def note(_answered: Answered) -> None:
            answered.succeed()

        self._api.call(session, session.token, note)
        return answered

    def _deadline(self) -> Deadline:
        return Deadline.after(10.0, self._time.now)


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
            time.env.process(revoker.revoke(watch))
        if now > watch.revoked_at + watch.declared_seconds + _AFTER_SECONDS:
            return
        api.call(watch.session, token, watch.record)
        is_close = now < watch.revoked_at + _CLOSE_UNTIL_SECONDS or not is_revoked
        mean = _CLOSE_SECONDS if is_close else later_seconds
        yield time.env.timeout(mean * (0.5 + random.random()))


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
