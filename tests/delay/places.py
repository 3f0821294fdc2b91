"""The ledger's limit on a user's sessions, as README.md and decision 7 promise it.

Sessions rank by sign-in time, ties by name. With ``evict_oldest`` a session is refused when as many
newer ones as are allowed have been let in; with ``refuse_new`` one that comes when the places are
taken is refused, and one that has a place keeps it; with ``notify_only`` nobody is refused.
"""

from __future__ import annotations

from collections import Counter

from tests.delay.drawn import ROSTERS, Drawn
from tests.delay.history import Concerns, History, Known, nobody
from tests.delay.sessions import Session, Token


class Places:
    """Who has come, and who has been let in."""

    def __init__(self, drawn: Drawn, history: History) -> None:
        self._limit = drawn.limit
        self._policy = drawn.mode if drawn.mode in ROSTERS else "off"
        self._history = history
        self._judging: Counter[Session] = Counter()
        """Sessions that are being judged now, by how many sandboxes."""
        self._let_in: set[Session] = set()
        """Sessions that may have got a place."""
        self._enrolled: set[Session] = set()
        """Sessions that stand on a roster for certain, unless they have ended since."""
        self._displaced: set[Session] = set()

    def starts(self, token: Token) -> None:
        """A sandbox begins to judge."""
        self._judging[token.session] += token.has_place

    def ends(self, token: Token, now: float, *, holds: bool, sure: bool) -> None:
        """It has judged.

        Args:
            holds: whether the session may have got a place.
            sure: whether it has one for certain.
        """
        session = token.session
        self._judging[session] -= token.has_place
        if holds and token.has_place:
            self._let_in.add(session)
        if sure and self._policy != "off" and token.has_place:
            self._enrolled.add(session)
            if self._policy == "evict_oldest":
                self._displace(now)

    def may_refuse(self, token: Token) -> bool:
        """Whether the limit can be the reason for a refusal."""
        session = token.session
        if not token.has_place:
            return False
        possible = self._let_in | {other for other, times in self._judging.items() if times}
        others = [other for other in possible if _is_other(other, session)]
        if self._policy == "evict_oldest":
            return sum(_rank(other) > _rank(session) for other in others) >= self._limit
        if self._policy == "refuse_new":
            return session not in self._enrolled and len(others) >= self._limit
        return False

    def must_refuse(self, token: Token) -> bool:
        """Whether the session has no place, and all are taken by others that live."""
        session = token.session
        if self._policy not in {"evict_oldest", "refuse_new"} or not token.has_place:
            return False
        return session not in self._enrolled and self._has_no_room(session)

    def _has_no_room(self, session: Session) -> bool:
        others = [other for other in self._living() if _is_other(other, session)]
        if self._policy == "evict_oldest":
            others = [other for other in others if _rank(other) > _rank(session)]
        return len(others) >= self._limit

    def _displace(self, now: float) -> None:
        """Who had a place, and now has as many newer ones before it as there are places."""
        for session in self._enrolled - self._displaced:
            if self._has_no_room(session):
                self._displaced.add(session)
                begun = self._history.begin(
                    "displaced", Known.PUSHED, now, may=nobody, must=_of(session)
                )
                self._history.enforce(begun, now)

    def _living(self) -> list[Session]:
        return [
            session
            for session in self._enrolled
            if not any(self._history.is_ended(token) for token in session.tokens)
        ]


def _of(session: Session) -> Concerns:
    return lambda token: token.session is session


def _is_other(other: Session, session: Session) -> bool:
    return other is not session and other.user is session.user


def _rank(session: Session) -> tuple[int, str]:
    return (session.auth_time, session.name)
