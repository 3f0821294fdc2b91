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


def is_displaced(row: UserRow, rank: Rank, limit: Limit) -> bool:
    """Whether a session has lost its place for good: it stands below the floor."""
    return limit.policy is not SessionPolicy.NOTIFY_ONLY and rank <= row.floor


def enrol(
    row: UserRow,
    name: str,
    member: Member,
    limit: Limit,
    *,
    now: int,
    ended_before: int = 0,
    client_ended_before: int = 0,
) -> Enrolment:
    """Place a session, seen now, on its user's roster.

    Args:
        row: the user's row, as read.
        name: of the session.
        member: the session.
        limit: what is allowed.
        now: seconds since the epoch.
        ended_before: sessions signed in before it have ended, and hold no place.
        client_ended_before: the same for sessions of ``member``'s app client only; the marks of
            other clients are not known here.
    """
    rank = Rank(member.authenticated_at, name)
    if is_displaced(row, rank, limit):
        return Enrolment(is_within=False, row=None)
    marks = {member.client_id: max(ended_before, client_ended_before)}
    alive = {
        other: kept
        for other, kept in row.sessions.items()
        if other == name
        or _holds_its_place(
            kept, row, limit, now=now, ended_before=marks.get(kept.client_id, ended_before)
        )
    }
    known = row.sessions.get(name)
    if known is not None:
        is_recent = now - known.last_seen < SEEN_RESOLUTION_SECONDS
        member = known if is_recent else replace(known, last_seen=now)
    elif limit.policy is SessionPolicy.REFUSE_NEW and len(alive) >= limit.sessions:
        return Enrolment(is_within=False, row=None)
    ranked = sorted(
        (alive | {name: member}).items(),
        key=lambda entry: Rank(entry[1].authenticated_at, entry[0]),
        reverse=True,
    )
    within, beyond = dict(ranked[: limit.sessions]), dict(ranked[limit.sessions :])
    floor = row.floor
    if limit.policy is SessionPolicy.EVICT_OLDEST:
        floor = max(
            [floor, *(Rank(kept.authenticated_at, other) for other, kept in beyond.items())]
        )
    is_changed = within != dict(row.sessions) or floor != row.floor
    return Enrolment(
        is_within=limit.policy is SessionPolicy.NOTIFY_ONLY or name in within,
        row=replace(row, sessions=within, floor=floor) if is_changed else None,
        evicted=sum(other in row.sessions for other in beyond),
    )


def _holds_its_place(
    kept: Member, row: UserRow, limit: Limit, *, now: int, ended_before: int
) -> bool:
    """Whether a session on the roster may still be alive, as far as marks tell.

    One that was seen before a global sign-out was among those that it ended.
    """
    return (
        now - kept.last_seen < limit.idle_seconds
        and kept.authenticated_at >= ended_before
        and kept.first_seen >= row.issued_not_before
    )


def without(sessions: Mapping[str, Member], name: str) -> dict[str, Member]:
    """The roster after a session has ended."""
    return {other: member for other, member in sessions.items() if other != name}
