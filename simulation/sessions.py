"""Users, their sessions and tokens, and how active each is.

Activity is Zipf's law with Mandelbrot's offset: the session of rank r gets traffic in proportion to
``1 / (r + 2 % of all)``. The busiest are then some 12 times as busy as the mean and the quietest a
quarter of it, however many sessions there are: one shape for a thousand and for a million.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from authorizer.choices import TokenUse
from authorizer.revocation.getuser import ADMIN_SCOPE
from authorizer.tokens import VerifiedToken
from simulation.load import Load
from simulation.world import CLIENT_ID, ISSUER

_OFFSET_SHARE = 0.02
_SCOPES = frozenset({ADMIN_SCOPE})
#: In the subjects of those who are watched, and in no others.
_WATCHED = "-0000-4000-8000-00000a7c4ed0"
#: Clients refresh a little before the end.
_REFRESH_SECONDS = 60


def weight(rank: float, sessions: int) -> float:
    """How active the session of that rank is, in no unit."""
    return 1 / (rank + 1 + _OFFSET_SHARE * sessions)


def is_watched(name: str) -> bool:
    """Whether a subject or a row's name is of somebody who is no part of the load."""
    return _WATCHED in name


@dataclass(slots=True)
class Session:
    """One sign-in of a user on one device."""

    subject: str
    name: str
    token: VerifiedToken
    pages_per_second: float
    is_ended: bool = False
    tokens: int = 1

    @property
    def text(self) -> str:
        """Of its present token."""
        return self.token.text

    @property
    def is_watched(self) -> bool:
        """Whether it is there to be revoked; what it asks for is not part of the load."""
        return is_watched(self.subject)


@dataclass(slots=True)
class Population:
    """A sample of the sessions: every n-th rank, so that the sample has the shape of the whole."""

    load: Load
    sampled_one_in: int
    random: Random
    clock: Callable[[], float]
    prepare: Callable[[Session], None] = lambda _session: None
    """Called with each session of before the simulation, when it is first met."""
    _reach: list[float] = field(init=False)
    _members: dict[int, Session] = field(init=False, default_factory=dict)
    by_name: dict[str, Session] = field(init=False, default_factory=dict)
    _serial: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        everyone, step = self.load.active_sessions, self.sampled_one_in
        count = max(1, everyone // step)
        self._reach = list(accumulate(weight((i + 0.5) * step, everyone) for i in range(count)))

    def __len__(self) -> int:
        return len(self._reach)

    @property
    def pages_per_second(self) -> float:
        """Of the sample."""
        return self.load.pages_per_second / self.sampled_one_in

    def who_loads_a_page(self) -> Session:
        """The session whose page is loaded next."""
        return self.member(bisect(self._reach, self.random.random() * self._reach[-1]))

    def who_signs_in(self) -> tuple[int, Session]:
        """A user who signs in anew, and the session they have had."""
        place = int(self.random.random() * len(self._reach))
        return place, self.member(place)

    def member(self, place: int) -> Session:
        """The session at one place of the sample."""
        session = self._members.get(place)
        if session is None:
            # Tokens of sessions from before are of every age.
            age = int(self.random.random() * (self.load.token_life_seconds - _REFRESH_SECONDS))
            session = self._make(f"{place:08x}-0000-4000-8000-00005e551045", place, age)
            self._members[place] = session
            self.prepare(session)
        return session

    def replace(self, place: int) -> Session:
        """The user at this place has signed in anew."""
        old = self.member(place)
        old.is_ended = True
        session = self._members[place] = self._make(old.subject, place, 0)
        return session

    def watched(self, *, age_seconds: int) -> Session:
        """A session that is no part of the load, whose token was issued so long ago."""
        self._serial += 1
        subject = f"{self._serial:08x}{_WATCHED}"
        return self._make(subject, 0, age_seconds)

    def again(self, session: Session) -> Session:
        """Another session of a watched one's user, signed in now."""
        return self._make(session.subject, 0, 0)

    def refreshed(self, session: Session) -> VerifiedToken:
        """The session's token, a new one if the old one is about to end."""
        now = self.clock()
        if now >= session.token.expires_at - _REFRESH_SECONDS:
            session.tokens += 1
            session.token = self._token(
                session.subject, session.name, session.token.authenticated_at, int(now)
            )
        return session.token

    def _make(self, subject: str, place: int, age_seconds: int) -> Session:
        self._serial += 1
        name = f"{self._serial:08x}-1111-4111-8111-00005e551045"
        issued_at = int(self.clock()) - age_seconds
        share = (self._reach[place] - (self._reach[place - 1] if place else 0)) / self._reach[-1]
        token = self._token(subject, name, issued_at, issued_at)
        session = Session(subject, name, token, share * self.pages_per_second)
        self.by_name[name] = session
        return session

    def _token(
        self, subject: str, name: str, authenticated_at: int, issued_at: int
    ) -> VerifiedToken:
        expires_at = issued_at + self.load.token_life_seconds
        text = f"{subject}/{name}/{issued_at}/{expires_at}"
        return VerifiedToken(
            text=text,
            issuer=ISSUER,
            subject=subject,
            token_use=TokenUse.ACCESS,
            client_id=CLIENT_ID,
            is_machine=False,
            username=subject,
            scopes=_SCOPES,
            groups=(),
            issued_at=issued_at,
            authenticated_at=authenticated_at,
            expires_at=expires_at,
            token_id=text,
            session_id=name,
        )
