"""What everybody remembers when a simulation begins: as if the load had always been there.

A session that is asked about at a rate ``a``, with verdicts that live for ``T``, holds a fresh one
at any moment with the chance ``a T / (1 + a T)``, of any age up to ``T`` alike (a renewal process
in its stationary state). The pages that come afterwards depend on nothing before.
"""

from __future__ import annotations

from random import Random

from ledger.roster import SEEN_RESOLUTION_SECONDS
from ledger.rows import Member, UserRow, session_name, user_name
from ledger.writer import Writer
from simulation.closed_forms import fresh_share, reached
from simulation.gateway import ResultCache
from simulation.load import Load, SessionMode, Settings
from simulation.sandbox import Sandbox
from simulation.sessions import Session
from simulation.table import TABLE, Table
from simulation.world import BEGIN, CLIENT_ID, ISSUER
from transport import Deadline

_NO_HURRY = Deadline(1.0, lambda: 0.0)


class Past:
    """Gives sessions and sandboxes their memories the first time that each is met."""

    def __init__(
        self,
        load: Load,
        settings: Settings,
        answered_share: float,
        *,
        table: Table,
        cache: ResultCache,
        random: Random,
    ) -> None:
        """
        Args:
            load: what there has been.
            settings: how long results live.
            answered_share: of pages that needed a verdict, how many got one.
            table: where verdicts and rosters are kept.
            cache: the gateway's.
            random: draws who was asked about, and when.
        """
        self._load = load
        self._settings = settings
        self._share = answered_share
        self._writer = Writer(TABLE, table)
        self._cache = cache
        self._random = random
        self._prepared: set[str] = set()

    def prepare(self, session: Session) -> None:
        """A session from before: its verdict, its place on the roster, the gateway's result."""
        self._prepared.add(session.name)
        settings, rate = self._settings, session.pages_per_second
        if settings.gateway_ttl_seconds:
            age = self._age(rate, settings.gateway_ttl_seconds, self._share)
            if age is not None:
                self._cache.keep(session.token, at=BEGIN - age)
        if settings.session_mode is SessionMode.LEDGER:
            self._enrol(session)
        if settings.ledger and settings.verdict_ttl_seconds:
            asked = reached(rate, settings)
            age = self._age(asked, settings.verdict_ttl_seconds, self._share)
            if age is not None:
                self._writer.keep_verdict(
                    session_name(ISSUER, session.subject, session.name),
                    checked_at_ms=int((BEGIN - age) * 1000),
                    generation=0,
                    forget_at=session.token.expires_at,
                    deadline=_NO_HURRY,
                )

    def meet(self, box: Sandbox, session: Session) -> None:
        """Without a ledger: what a sandbox from before remembers of a session from before."""
        if not box.is_from_before or self._settings.ledger:
            return
        if session.name in box.met or session.name not in self._prepared:
            return
        box.met.add(session.name)
        boxes = max(1, self._load.sandboxes)
        rate = reached(session.pages_per_second, self._settings) * self._load.calls_per_page
        age = self._age(rate / boxes, self._settings.verdict_ttl_seconds, self._share)
        if age is not None:
            box.remember(session.token, BEGIN - age)

    def _age(self, rate: float, ttl_seconds: float, share: float) -> float | None:
        """Of a result that is still fresh; None if there is none."""
        if self._random.random() >= fresh_share(rate, ttl_seconds, share):
            return None
        return self._random.random() * ttl_seconds

    def _enrol(self, session: Session) -> None:
        """On its user's roster, and seen as lately as the resolution allows."""
        age = self._age(session.pages_per_second, SEEN_RESOLUTION_SECONDS, 1.0)
        seen = BEGIN - int(SEEN_RESOLUTION_SECONDS if age is None else age)
        signed_in = session.token.authenticated_at
        member = Member(signed_in, CLIENT_ID, signed_in, seen, "")
        self._writer.keep_roster(
            user_name(ISSUER, session.subject),
            UserRow(sessions={session.name: member}),
            now=BEGIN,
            deadline=_NO_HURRY,
        )
