"""Concurrent enrolments: never more than N sessions alive, and the same ones for everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from hypothesis import event, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from authorizer.tokens import VerifiedToken
from ledger.roster import Limit, SessionPolicy, enrol
from ledger.rows import Member, Rank, UserRow
from tests.tokens import NOW
from tests.unit.ledger.bench import REVOKED, Bench, Box, names, token
from tests.unit.ledger.interleaving import Interleaver

MEMORY_TTL_SECONDS = 5
#: At most five at once: a roster that more keep writing is tried again by the next request.
SIGN_INS = st.lists(
    st.tuples(st.integers(-2, 0), st.sampled_from("abcdef")), min_size=1, max_size=5, unique=True
).map(
    # One name is one session, signed in at one moment.
    lambda sign_ins: {name: NOW + at for at, name in sign_ins}
)
SCHEDULE = st.lists(st.integers(0, 6), max_size=40)


@dataclass
class Crowd:
    """Sandboxes that see a user's sessions at once, and repeated."""

    policy: str
    limit: int
    sign_ins: dict[str, int]
    turns: Interleaver = field(default_factory=Interleaver)

    def __post_init__(self) -> None:
        self.bench = Bench(SESSION_POLICY=self.policy, SESSION_LIMIT=str(self.limit))
        self.bench.table.before = self.turns.step
        self.bench.issuer.before = self.turns.step
        self.bench.meanwhile = self.turns.step
        self.boxes = [self.bench.box() for _ in self.sign_ins]
        self.tokens = [token(name, auth_time=at) for name, at in self.sign_ins.items()]

    def arrive(self, schedule: list[int]) -> None:
        """Each session at a sandbox of its own, in the order that the schedule says."""
        works = [
            partial(box.find, about) for box, about in zip(self.boxes, self.tokens, strict=True)
        ]
        self.turns.run(works, schedule)

    def alive(self) -> set[str]:
        """Who is let in by every sandbox when memories are over. All agree on it."""
        self.bench.clock.advance(MEMORY_TTL_SECONDS)
        boxes = [*self.boxes, self.bench.box()]
        seen = [self._seen_by(box) for box in boxes]
        assert all(names == seen[0] for names in seen), seen
        return seen[0]

    def _seen_by(self, box: Box) -> set[str]:
        return {about.session_id for about in self.tokens if box.lets_in(about)}

    def newest(self, tokens: list[VerifiedToken]) -> set[str]:
        ranked = sorted(tokens, key=lambda about: (about.authenticated_at, about.session_id))
        return {about.session_id for about in ranked[-self.limit :]}


@hypothesis_settings(max_examples=120)
@given(SIGN_INS, st.integers(1, 3), SCHEDULE)
def test_evict_oldest_keeps_the_newest(
    sign_ins: dict[str, int], limit: int, schedule: list[int]
) -> None:
    """In whatever order sandboxes read and write, exactly the N newest stay, ties by name."""
    crowd = Crowd("evict_oldest", limit, sign_ins)
    crowd.arrive(schedule)
    assert crowd.alive() == crowd.newest(crowd.tokens)


@hypothesis_settings(max_examples=60)
@given(SIGN_INS, st.integers(1, 2), SCHEDULE, st.data())
def test_nobody_evicted_comes_back(
    sign_ins: dict[str, int], limit: int, schedule: list[int], data: st.DataObject
) -> None:
    """Not even when a session that took its place has ended."""
    crowd = Crowd("evict_oldest", limit, sign_ins)
    crowd.arrive(schedule)
    alive = crowd.alive()
    ended = data.draw(st.sampled_from(sorted(alive)))
    crowd.bench.issuer.ended[ended] = REVOKED
    crowd.bench.clock.advance(60)
    assert crowd.alive() == alive - {ended}
    assert crowd.alive() == alive - {ended}


@hypothesis_settings(max_examples=120)
@given(SIGN_INS, st.integers(1, 3), SCHEDULE)
def test_refuse_new_never_has_one_too_many(
    sign_ins: dict[str, int], limit: int, schedule: list[int]
) -> None:
    """As many as there are places are let in, whoever they are, and they stay."""
    crowd = Crowd("refuse_new", limit, sign_ins)
    crowd.arrive(schedule)
    alive = crowd.alive()
    assert len(alive) == min(limit, len(sign_ins))
    crowd.bench.clock.advance(1000)
    assert crowd.alive() == alive


@hypothesis_settings(max_examples=60)
@given(SIGN_INS, st.integers(1, 3), SCHEDULE)
def test_notify_only_refuses_nobody(
    sign_ins: dict[str, int], limit: int, schedule: list[int]
) -> None:
    """However many there are, and in whatever order they come."""
    crowd = Crowd("notify_only", limit, sign_ins)
    crowd.arrive(schedule)
    assert crowd.alive() == set(sign_ins)


@hypothesis_settings(max_examples=60)
@given(st.integers(2, 5), st.integers(1, 2), SCHEDULE)
def test_one_session_is_enrolled_once(boxes: int, limit: int, schedule: list[int]) -> None:
    """A page that fires many calls at once takes one place, in however many sandboxes."""
    turns = Interleaver()
    bench = Bench(SESSION_POLICY="refuse_new", SESSION_LIMIT=str(limit))
    bench.table.before = bench.issuer.before = bench.meanwhile = turns.step
    about = token("one")
    found: list[bool] = []

    def call(box: Box) -> None:
        found.append(box.lets_in(about))

    turns.run([partial(call, bench.box()) for _ in range(boxes)], schedule)
    assert found == [True] * boxes
    assert set(UserRow.read(bench.table.rows[names(about).user]).sessions) == {"one"}


_STEP = st.tuples(st.sampled_from("abcd"), st.integers(0, 400))


@given(
    st.sampled_from([SessionPolicy.EVICT_OLDEST, SessionPolicy.REFUSE_NEW]),
    st.integers(1, 3),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), min_size=4, max_size=4),
    st.lists(_STEP, max_size=15),
)
def test_a_roster_is_bounded_and_its_floor_only_rises(
    policy: SessionPolicy, sessions: int, sign_ins: dict[str, int], steps: list[tuple[str, int]]
) -> None:
    """Through any history, idleness and all, it never holds more than N, nor the evicted."""
    limit = Limit(policy, sessions, 1000)
    row, now = UserRow(), 10_000
    for name, seconds in steps:
        now += seconds
        member = Member(sign_ins[name], "client", now, now, "")
        placed = enrol(row, name, member, limit, now=now)
        if placed.row is not None:
            assert placed.row.floor >= row.floor
            row = placed.row
        assert placed.is_within is (name in row.sessions)
        assert len(row.sessions) <= sessions
        assert all(
            Rank(kept.authenticated_at, other) > row.floor for other, kept in row.sessions.items()
        )
        event("within" if placed.is_within else "out")
