"""Revokes sessions in every way there is, each as whoever does it would."""

from __future__ import annotations

from collections.abc import Callable, Generator

from simpy.events import Event

from authorizer.choices import LedgerOutageRule
from infra.revocation_delay import known_to_cognito, pushed
from ledger.judgement import MarkReason
from ledger.rows import session_name
from ledger.writer import Writer
from simulation.api import Answered, Api
from simulation.cognito import Cognito
from simulation.load import SessionMode, Settings
from simulation.outcome import Way
from simulation.sessions import Population, Session
from simulation.sign_ins import Hook
from simulation.world import ISSUER, Time
from transport import Deadline

_NAME = "fleet"


def ways(settings: Settings) -> list[Way]:
    """The ways in which a session can be revoked under these settings."""
    found = [Way.COGNITO]
    if settings.ledger:
        found += [Way.OPERATOR, Way.FEED]
    by_sign_in = {
        SessionMode.HOOK: Way.HOOK,
        SessionMode.NATIVE: Way.NATIVE,
        SessionMode.LEDGER: Way.ROSTER,
    }
    if settings.session_mode in by_sign_in:
        found.append(by_sign_in[settings.session_mode])
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


class Revoker:
    """Whoever revokes: an app, an operator, the hook, a newer session, the feed."""

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

    def revoke(self, way: Way, session: Session) -> Generator[Event, None, None]:
        """Revoke one session. Its revocation counts from the moment when this is done."""
        if way is Way.COGNITO:
            self._cognito.revoke_token(session.name)
        elif way is Way.NATIVE:
            self._cognito.evict(session.name)
        elif way is Way.OPERATOR:
            self._end_session(session)
        elif way is Way.HOOK:
            while not (yield from self._hook.sign_in(session)):
                yield self._time.env.timeout(1.0)
        elif way is Way.ROSTER:
            newer = self._population.again(session)
            while not (yield self._first_request(newer)):
                yield self._time.env.timeout(1.0)
        else:
            self._cognito.ended.add(session.name)
            self._time.env.process(self._feed(session, int(self._time.clock())))
        session.is_ended = True

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
        """Its value: whether it took a place on the roster."""
        answered = self._time.env.event()

        def note(answer: Answered) -> None:
            answered.succeed(answer.status == 200 and not answer.is_without_ledger)

        self._api.call(session, session.token, note)
        return answered

    def _deadline(self) -> Deadline:
        return Deadline.after(10.0, self._time.now)
