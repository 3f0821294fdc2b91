"""Who is within the limit of sessions."""

from __future__ import annotations

import pytest

from ledger.roster import SEEN_RESOLUTION_SECONDS, Limit, SessionPolicy, enrol, without
from ledger.rows import Member, Rank, UserRow

IDLE = 10_000
NOW = 1_000_000
POLICIES = [SessionPolicy.EVICT_OLDEST, SessionPolicy.REFUSE_NEW, SessionPolicy.NOTIFY_ONLY]


def limit(policy: SessionPolicy = SessionPolicy.EVICT_OLDEST, sessions: int = 2) -> Limit:
    return Limit(policy, sessions, IDLE)


def member(auth_time: int, *, seen: int = NOW, device: str = "browser") -> Member:
    return Member(auth_time, "client", seen, seen, device)


def roster(*sessions: tuple[str, int], seen: int = NOW, floor: Rank | None = None) -> UserRow:
    return UserRow(
        sessions={name: member(at, seen=seen) for name, at in sessions},
        floor=floor or Rank(0, ""),
        version=1,
    )


@pytest.mark.parametrize("policy", POLICIES)
def test_a_session_within_the_limit_is_enrolled(policy: SessionPolicy) -> None:
    """A free place is taken, whatever the policy; the rest of the row stays as it was."""
    row = UserRow(not_before=1, generation=7, sessions={"a": member(1)}, version=1)
    placed = enrol(row, "b", member(2), limit(policy), now=NOW)
    assert (placed.is_within, placed.evicted) == (True, 0)
    assert placed.row is not None
    assert placed.row.sessions == {"a": member(1), "b": member(2)}
    assert (placed.row.not_before, placed.row.generation, placed.row.floor) == (1, 7, Rank(0, ""))


def test_the_newest_evicts_the_oldest() -> None:
    """The session that was signed in first goes, and the floor rises to it."""
    placed = enrol(roster(("a", 1), ("b", 2)), "c", member(3), limit(), now=NOW)
    assert (placed.is_within, placed.evicted) == (True, 1)
    assert placed.row is not None
    assert set(placed.row.sessions) == {"b", "c"}
    assert placed.row.floor == Rank(1, "a")


def test_the_oldest_is_out_whenever_it_is_seen() -> None:
    """It is sign-in that ranks, not who comes first."""
    placed = enrol(roster(("b", 2), ("c", 3)), "a", member(1), limit(), now=NOW)
    assert not placed.is_within
    assert placed.row is not None
    assert set(placed.row.sessions) == {"b", "c"}
    assert placed.row.floor == Rank(1, "a")


def test_ties_are_broken_by_name() -> None:
    """Of two sign-ins at one moment the greater name is the newer, in whichever order seen."""
    for first, second in (("a", "b"), ("b", "a")):
        placed = enrol(roster((first, 1)), second, member(1), limit(sessions=1), now=NOW)
        assert placed.row is not None
        assert set(placed.row.sessions) == {"b"}
        assert placed.is_within is (second == "b")


@pytest.mark.parametrize("policy", [SessionPolicy.EVICT_OLDEST, SessionPolicy.REFUSE_NEW])
def test_nobody_comes_back_from_below_the_floor(policy: SessionPolicy) -> None:
    """An evicted session stays out though places are free; just above the floor is let in."""
    row = roster(floor=Rank(5, "m"))
    for at, name, is_within in ((5, "m", False), (5, "l", False), (4, "z", False), (5, "n", True)):
        assert enrol(row, name, member(at), limit(policy), now=NOW).is_within is is_within


def test_notify_only_refuses_nobody() -> None:
    """Neither the floor nor the limit keeps anyone out; what is one too many is counted."""
    row = roster(("a", 1), ("b", 2), floor=Rank(5, "m"))
    placed = enrol(row, "c", member(3), limit(SessionPolicy.NOTIFY_ONLY), now=NOW)
    assert (placed.is_within, placed.evicted) == (True, 1)
    assert placed.row is not None
    assert set(placed.row.sessions) == {"b", "c"}
    assert placed.row.floor == Rank(5, "m")
    assert enrol(row, "0", member(0), limit(SessionPolicy.NOTIFY_ONLY), now=NOW).is_within


def test_refuse_new_keeps_who_is_there() -> None:
    """A newcomer is refused while the roster is full, and nothing is written."""
    row = roster(("a", 1), ("b", 2))
    refused = enrol(row, "c", member(3), limit(SessionPolicy.REFUSE_NEW), now=NOW)
    assert (refused.is_within, refused.row, refused.evicted) == (False, None, 0)
    assert enrol(row, "a", member(1), limit(SessionPolicy.REFUSE_NEW), now=NOW).is_within


def test_an_idle_session_loses_its_place() -> None:
    """Unused for as long as the limit says, it makes room; a second earlier it does not."""
    for age, is_within in ((IDLE - 1, False), (IDLE, True)):
        row = roster(("a", 1), ("b", 2), seen=NOW - age)
        placed = enrol(row, "c", member(3), limit(SessionPolicy.REFUSE_NEW), now=NOW)
        assert placed.is_within is is_within


def test_an_idle_session_may_come_back_to_a_free_place() -> None:
    """Idleness is no eviction: the floor does not rise."""
    row = roster(("a", 1), seen=NOW - IDLE)
    placed = enrol(row, "b", member(2), limit(), now=NOW)
    assert placed.row is not None
    assert set(placed.row.sessions) == {"b"}
    back = enrol(placed.row, "a", member(1), limit(), now=NOW)
    assert back.is_within


def test_last_seen_is_written_coarsely() -> None:
    """A session that was seen lately costs no write; one that was not keeps its first sighting."""
    row = UserRow(sessions={"a": Member(1, "client", 5, NOW, "phone")}, version=1)
    soon = NOW + SEEN_RESOLUTION_SECONDS - 1
    assert enrol(row, "a", member(1, seen=soon), limit(), now=soon).row is None
    later = soon + 1
    written = enrol(row, "a", member(1, seen=later), limit(), now=later).row
    assert written is not None
    assert written.sessions == {"a": Member(1, "client", 5, later, "phone")}


def test_a_clock_that_goes_backwards_evicts_nobody() -> None:
    """A session last seen in the future is neither idle nor written anew."""
    row = roster(("a", 1), seen=NOW + 50_000)
    placed = enrol(row, "a", member(1), limit(), now=NOW)
    assert (placed.is_within, placed.row) == (True, None)


def test_a_lowered_limit_bites_when_a_session_is_next_written() -> None:
    """Of three on the roster and a limit of one the newest stays."""
    later = NOW + SEEN_RESOLUTION_SECONDS
    row = roster(("a", 1), ("b", 2), ("c", 3))
    placed = enrol(row, "c", member(3, seen=later), limit(sessions=1), now=later)
    assert (placed.is_within, placed.evicted) == (True, 2)
    assert placed.row is not None
    assert placed.row.floor == Rank(2, "b")


def test_a_session_that_ended_leaves() -> None:
    """Its place is free, and the others keep theirs."""
    sessions = {"a": member(1), "b": member(2)}
    assert without(sessions, "a") == {"b": member(2)}
    assert without(sessions, "c") == sessions
