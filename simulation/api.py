"""The way of a request: the gateway's cache, a sandbox, the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from authorizer.tokens import VerifiedToken
from simulation.fleet import Fleet, Slot
from simulation.gateway import ResultCache
from simulation.sandbox import Decided, Sandbox
from simulation.sessions import Session
from simulation.suspension import Suspension, call_after
from simulation.world import Time

#: How the gateway's own answers are told from the authorizer's.
BY_GATEWAY = "gateway"
_FROM_CACHE = Decided(200, BY_GATEWAY)


@dataclass(frozen=True, slots=True)
class Answered:
    """One request and its answer. Moments are seconds of the simulation's clock."""

    session: Session
    token: VerifiedToken
    asked_at: float
    answered_at: float
    status: int
    found_by: str
    billed_seconds: float
    """What Lambda bills: 0 if the gateway answered; with a sandbox's start if it was cold."""
    is_without_ledger: bool = False
    """The ledger did not answer, and its outage rule did."""


class Api:
    """A stage with the authorizer in front of it."""

    def __init__(
        self,
        fleet: Fleet[Sandbox],
        cache: ResultCache,
        suspension: Suspension,
        time: Time,
        *,
        start_seconds: Callable[[], float],
        handler_seconds: Callable[[], float],
        meet: Callable[[Sandbox, Session], None],
    ) -> None:
        """
        Args:
            fleet: the authorizer's sandboxes.
            cache: the gateway's.
            suspension: lets decisions wait.
            time: the simulation's.
            start_seconds: how long a sandbox takes to start.
            handler_seconds: how long a decision takes beside its waiting.
            meet: called before a session is decided about in a sandbox.
        """
        self._fleet = fleet
        self._cache = cache
        self._suspension = suspension
        self._time = time
        self._start_seconds = start_seconds
        self._handler_seconds = handler_seconds
        self._meet = meet
        self.asked = 0
        self.answered = 0

    def call(
        self, session: Session, token: VerifiedToken, done: Callable[[Answered], None]
    ) -> None:
        """Make one request now; ``done`` is called when it is answered, once."""
        self.asked += 1
        now = self._time.now()
        if self._cache.allows(token):
            self.answered += 1
            done(Answered(session, token, now, now, 200, BY_GATEWAY, 0.0))
            return
        slot = self._fleet.take()
        if slot.is_cold:
            wait = self._start_seconds()
            call_after(self._time.env, wait, lambda: self._decide(slot, session, token, now, done))
        else:
            self._decide(slot, session, token, now, done)

    def _decide(
        self,
        slot: Slot[Sandbox],
        session: Session,
        token: VerifiedToken,
        asked_at: float,
        done: Callable[[Answered], None],
    ) -> None:
        self._meet(slot.box, session)
        decided = _FROM_CACHE

        def work() -> None:
            nonlocal decided
            decided = slot.box.decide(token)

        def answer() -> None:
            now = self._time.now()
            if decided.status == 200:
                self._cache.keep(token)
            self._fleet.give_back(slot)
            self.answered += 1
            done(
                Answered(
                    session,
                    token,
                    asked_at,
                    now,
                    decided.status,
                    decided.found_by,
                    now - asked_at,
                    decided.is_without_ledger,
                )
            )

        self._suspension.run(
            work, lambda: call_after(self._time.env, self._handler_seconds(), answer)
        )
