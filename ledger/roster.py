"""Which of a user's sessions are within the limit. Pure: no clock, no network.

Sessions rank by sign-in time, ties by their name, so that every sandbox comes to the same order
whatever order it sees them in. A roster never holds more than the limit; what falls off its end
raises the **floor**, below which no session comes back, even when a place becomes free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ledger.rows import Member, Rank, UserRow

#: Last-seen times are written at most this often for each session: a roster is no access log.
SEEN_RESOLUTION_SECONDS = 900


class SessionPolicy(StrEnum):
    """What becomes of the session that is one too many."""

    OFF = "off"
    EVICT_OLDEST = "evict_oldest"
    REFUSE_NEW = "refuse_new"
    NOTIFY_ONLY = "notify_only"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many sessions a user may have, and how long an unused one holds its place."""

    policy: SessionPolicy
    sessions: int
    idle_seconds: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What enrolling one session would come to. ``row`` is None if nothing needs to be written."""

    is_within: bool
    row: UserRow | None
    evicted: int = 0


def enrol(row: UserRow, name: str, member: Member, limit: Limit, *, now: int) -> Enrolment:
    """Place a session, seen now, on its user's roster."""
    rank = Rank(member.authenticated_at, name)
    if limit.policy is not SessionPolicy.NOTIFY_ONLY and rank <= row.floor:
        return Enrolment(is_within=False, row=None)
    known = row.sessions.get(name)
    alive = {
        other: kept
        for other, kept in row.sessions.items()
        if other == name or now - kept.last_seen < limit.idle_seconds
    }
    if known is not None and now - known.last_seen < SEEN_RESOLUTION_SECONDS:
        return Enrolment(is_within=True, row=None)
    if known is not None:
        member = replace(member, first_seen=known.first_seen, device=known.device)
    elif limit.policy is SessionPolicy.REFUSE_NEW and len(alive) >= limit.sessions:
        return Enrolment(is_within=False, row=None)
    ranked = sorted(
        (alive | {name: member}).items(),
        key=lambda entry: Rank(entry[1].authenticated_at, entry[0]),
        reverse=True,
    )
    within, beyond = dict(ranked[: limit.sessions]), ranked[limit.sessions :]
    floor = row.floor
    if limit.policy is SessionPolicy.EVICT_OLDEST:
        floor = max([floor, *(Rank(kept.authenticated_at, other) for other, kept in beyond)])
    is_changed = within != dict(row.sessions) or floor != row.floor
    return Enrolment(
        is_within=limit.policy is SessionPolicy.NOTIFY_ONLY or name in within,
        row=replace(row, sessions=within, floor=floor) if is_changed else None,
        evicted=len(beyond),
    )


def without(sessions: Mapping[str, Member], name: str) -> dict[str, Member]:
    """The roster after a session has ended."""
    return {other: member for other, member in sessions.items() if other != name}
