"""Sign-ins, and what each does about the user's other session."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from random import Random
from typing import Any

from simpy.events import Event

from ledger.writer import Writer
from pre_token_hook.mark import Marker
from pre_token_hook.settings import Settings as HookSettings
from pre_token_hook.trigger import Trigger
from simulation.cognito import Cognito
from simulation.load import SessionMode
from simulation.sessions import Population, Session
from simulation.table import TABLE, Table
from simulation.world import CLIENT_ID, POOL_ID, Time
from transport import Deadline

#: Of the SDK's standard mode: the longest pause before its first retry.
_RETRY_SECONDS = 1.0


class Counted:
    """The table as the hook writes to it: at once, and counted."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.write_units = 0

    def __call__(
        self, operation: str, payload: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`ledger.dynamodb.Calls`."""
        self.write_units += 1
        return self._table(operation, payload, deadline)


class Hook:
    """The Pre Token Generation hook: the project's own marker behind Cognito's quota."""

    def __init__(self, cognito: Cognito, calls: Counted | None, time: Time, random: Random) -> None:
        environ = {} if calls is None else {"LEDGER_TABLE": TABLE}
        self._settings = HookSettings.from_env(environ)
        self._cognito = cognito
        self._time = time
        self._random = random
        self._marker: Marker | None = None
        if calls is not None:
            self._marker = Marker(
                self._settings, Writer(TABLE, calls), clock=time.clock, monotonic=time.now
            )
        self.asked = 0
        self.refused = 0

    def sign_in(self, session: Session) -> Generator[Event, None, bool]:
        """End the user's session so far; whether the sign-in may go on."""
        for attempt in range(self._settings.max_attempts):
            if attempt:
                yield self._time.env.timeout(self._random.random() * _RETRY_SECONDS)
            self.asked += 1
            if self._cognito.sign_out(session.subject, [session.name]):
                if self._marker is not None:
                    self._marker.mark(_trigger(session))
                return True
        self.refused += 1
        return False


def sign_ins(
    population: Population,
    mode: SessionMode,
    hook: Hook,
    time: Time,
    random: Random,
    *,
    until: float,
    done: Callable[[], None],
) -> Generator[Event, None, None]:
    """Let users sign in until then, as a Poisson process over all of the sample."""
    rate = population.load.sign_ins_per_second / population.sampled_one_in

    def one(place: int, session: Session) -> Generator[Event, None, None]:
        if mode is not SessionMode.HOOK or (yield from hook.sign_in(session)):
            population.replace(place)
        done()

    while True:
        yield time.env.timeout(random.expovariate(rate))
        if time.now() >= until:
            return
        time.env.process(one(*population.who_signs_in()))


def _trigger(session: Session) -> Trigger:
    return Trigger(
        source="TokenGeneration_Authentication",
        user_pool_id=POOL_ID,
        username=session.subject,
        subject=session.subject,
        client_id=CLIENT_ID,
        groups=frozenset(),
    )
