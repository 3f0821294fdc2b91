"""Writes marks and verdicts. Every write is safe in any order, twice, or late.

Marks only ever rise: a watermark is written if it is greater than what stands there, a session's
revocation if there is none. A verdict is written only beside no mark, and never removes one.
"""

from __future__ import annotations

from typing import Any

from ledger.dynamodb import Calls
from ledger.judgement import CLOCK_SKEW_MS, THROTTLE_MS, MarkReason
from ledger.rows import Member, UserRow, client_name, pool_name, user_name
from ledger.updates import Updates, number
from transport import Deadline

#: A mark on a session must outlive every token of it, and refresh tokens may live for ten years.
#: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
MARK_LIFE_SECONDS = 3653 * 86_400

#: Nobody is made to wait for long for who holds the lease on a question to Cognito: within their
#: time others see it lapse, and one of them takes it over.
LEASE_MS = 800

#: Marks only rise, so one that was given in milliseconds would lock everybody out for good.
_FAR_FUTURE = 32_503_680_000  # 3000-01-01


class Writer:
    """Writes to one table. Moments are whole seconds since the epoch.

    Marks in the far future raise ValueError: somebody meant milliseconds.
    """

    def __init__(self, table: str, calls: Calls) -> None:
        self._updates = Updates(table, calls)

    def end_everyone_before(self, issuer: str, moment: int, deadline: Deadline) -> None:
        """End all sessions of an issuer that were signed in before ``moment``."""
        self._raise("not_before", pool_name(issuer), moment, deadline)

    def end_client_before(
        self, issuer: str, client_id: str, moment: int, deadline: Deadline
    ) -> None:
        """End all sessions of an app client that were signed in before ``moment``."""
        self._raise("not_before", client_name(issuer, client_id), moment, deadline)

    def end_user_before(self, issuer: str, subject: str, moment: int, deadline: Deadline) -> None:
        """End all sessions of a user that were signed in before ``moment``."""
        self._raise("not_before", user_name(issuer, subject), moment, deadline)

    def end_tokens_issued_before(
        self, issuer: str, subject: str, moment: int, reason: MarkReason, deadline: Deadline
    ) -> None:
        """End a user's tokens that were issued before ``moment``, and void all verdicts on them."""
        _check_moment(moment)
        self._updates.update_if(
            "attribute_not_exists(#issued_not_before) OR #issued_not_before < :moment",
            user_name(issuer, subject),
            "SET #issued_not_before = :moment, #issued_reason = :reason",
            {":moment": number(moment), ":reason": {"S": reason.value}},
            deadline,
        )
        self.void_verdicts(issuer, subject, deadline)

    def void_verdicts(self, issuer: str, subject: str, deadline: Deadline) -> None:
        """Begin a new generation: Cognito is asked anew about every session of the user."""
        self._updates.update(
            user_name(issuer, subject), "ADD #generation :one", {":one": number(1)}, deadline
        )

    def tighten_verdicts(self, issuer: str, ttl_seconds: int | None, deadline: Deadline) -> None:
        """Let verdicts be used for ``ttl_seconds`` at most; None ends the tightening."""
        if ttl_seconds is None:
            expression, values = "REMOVE #verdict_ttl_seconds", {}
        else:
            expression, values = "SET #verdict_ttl_seconds = :ttl", {":ttl": number(ttl_seconds)}
        self._updates.update(pool_name(issuer), expression, values, deadline)

    def end_session(
        self,
        name: str,
        reason: MarkReason,
        *,
        now: int,
        forget_at: int | None = None,
        deadline: Deadline,
    ) -> None:
        """End one session, by its row's name. The first reason stays, and the longer life."""
        ttl = number(now + MARK_LIFE_SECONDS if forget_at is None else forget_at)
        is_first = self._updates.update_if(
            "attribute_not_exists(#revoked_at)",
            name,
            "SET #revoked_at = :now, #reason = :reason, #ttl = :ttl",
            {":now": number(now), ":reason": {"S": reason.value}, ":ttl": ttl},
            deadline,
        )
        if not is_first:
            self._updates.update_if("#ttl < :ttl", name, "SET #ttl = :ttl", {":ttl": ttl}, deadline)

    def keep_verdict(
        self,
        name: str,
        *,
        checked_at_ms: int,
        generation: int,
        forget_at: int,
        deadline: Deadline,
    ) -> bool:
        """Share an *active* verdict; False if it is not written: the session is revoked by now, or
        somebody asked later.
        """
        return self._updates.update_if(
            "attribute_not_exists(#revoked_at)"
            " AND (attribute_not_exists(#checked_at_ms) OR #checked_at_ms < :at"
            " OR #checked_at_ms > :mad)",
            name,
            "SET #checked_at_ms = :at, #checked_generation = :generation, #ttl = :ttl"
            " REMOVE #asking_until_ms, #throttled_at_ms",
            {
                ":at": number(checked_at_ms),
                # What a clock that is far ahead has written must not keep others from sharing.
                ":mad": number(checked_at_ms + CLOCK_SKEW_MS),
                ":generation": number(generation),
                ":ttl": number(forget_at),
            },
            deadline,
        )

    def take_lease(
        self,
        name: str,
        *,
        now_ms: int,
        known_ms: int,
        forget_at: int,
        deadline: Deadline,
    ) -> bool:
        """Whether the caller is the one to ask Cognito about a session now; others wait for it.

        Args:
            known_ms: ``checked_at_ms`` of the row that the caller has read. Whoever does not know
                of a verdict that was written since need not ask: it stands in the row.
        """
        return self._updates.update_if(
            "attribute_not_exists(#revoked_at)"
            " AND (attribute_not_exists(#asking_until_ms) OR #asking_until_ms <= :now)"
            " AND (attribute_not_exists(#throttled_at_ms) OR #throttled_at_ms <= :past"
            " OR #throttled_at_ms >= :future)"
            " AND (attribute_not_exists(#checked_at_ms) OR #checked_at_ms <= :known)",
            name,
            "SET #asking_until_ms = :until, #ttl = :ttl",
            {
                ":until": number(now_ms + LEASE_MS),
                ":now": number(now_ms),
                ":past": number(now_ms - THROTTLE_MS),
                ":future": number(now_ms + THROTTLE_MS),
                ":known": number(known_ms),
                ":ttl": number(forget_at),
            },
            deadline,
        )

    def drop_lease(
        self,
        name: str,
        *,
        taken_at_ms: int,
        throttled_at_ms: int | None = None,
        voids_verdict: bool = False,
        deadline: Deadline,
    ) -> None:
        """Let others ask: who took the lease at ``taken_at_ms`` has no verdict to share.

        Args:
            throttled_at_ms: when the question was put that was throttled, if that is why. Then
                the others are told so, by the same write, and ask when that is over.
            voids_verdict: whether what the others were told before counts no more, because a token
                of the session was refused.
        """
        expression, values = "REMOVE #asking_until_ms", {":until": number(taken_at_ms + LEASE_MS)}
        if voids_verdict:
            expression += ", #checked_at_ms, #checked_generation"
        if throttled_at_ms is not None:
            expression = f"SET #throttled_at_ms = :throttled {expression}"
            values[":throttled"] = number(throttled_at_ms)
        self._updates.update_if("#asking_until_ms = :until", name, expression, values, deadline)

    def keep_roster(self, name: str, row: UserRow, *, now: int, deadline: Deadline) -> bool:
        """Write a user's roster; False if somebody else wrote it since ``row`` was read."""
        return self._updates.update_if(
            "#version = :version" if row.version else "attribute_not_exists(#version)",
            name,
            "SET #sessions = :sessions, #floor_at = :floor_at, #floor_session = :floor_session,"
            " #version = :next, #ttl = :ttl",
            {
                ":sessions": {"M": {sid: {"M": _member(m)} for sid, m in row.sessions.items()}},
                ":floor_at": number(row.floor.authenticated_at),
                ":floor_session": {"S": row.floor.session_id},
                ":next": number(row.version + 1),
                ":ttl": number(now + MARK_LIFE_SECONDS),
            }
            | ({":version": number(row.version)} if row.version else {}),
            deadline,
        )

    def _raise(self, attribute: str, name: str, moment: int, deadline: Deadline) -> None:
        _check_moment(moment)
        self._updates.raise_watermark(attribute, name, moment, deadline)


def _check_moment(moment: int) -> None:
    if moment >= _FAR_FUTURE:
        raise ValueError("a mark in the far future would lock everybody out for good")


def _member(member: Member) -> dict[str, Any]:
    return {
        "authenticated_at": number(member.authenticated_at),
        "client_id": {"S": member.client_id},
        "first_seen": number(member.first_seen),
        "last_seen": number(member.last_seen),
        "device": {"S": member.device},
    }
