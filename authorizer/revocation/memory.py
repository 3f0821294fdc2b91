"""Verdicts remembered within one sandbox: bounded in number, each for its own time."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from authorizer.revocation.verdict import Concerns, Outcome, Verdict
from authorizer.tokens import VerifiedToken

#: Built from verified claims only: issuer, subject, whether the verdict concerns the whole session,
#: and the session's or the token's name. Of a token that is judged alone, both are the token's.
_Key = tuple[str, str, bool, str]


class _Remembered(NamedTuple):
    verdict: Verdict
    since: float
    until: float
    stale_until: float

    def is_servable(self, now: float) -> bool:
        # A clock that went backwards past ``since`` makes the entry worthless, not eternal.
        return self.since <= now < self.stale_until


class VerdictMemory:
    """Least recently used verdicts go first. Times are seconds since the epoch."""

    def __init__(self, *, ttl_seconds: int, stale_grace_seconds: int, max_entries: int) -> None:
        self._ttl = ttl_seconds
        self._grace = stale_grace_seconds
        self._max_entries = max_entries
        self._entries: OrderedDict[_Key, _Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def keep(self, token: VerifiedToken, verdict: Verdict, *, asked_at: float) -> None:
        """Remember what was answered to a question asked at ``asked_at``.

        *Active* holds for the TTL from the moment of asking, and never beyond the token's
        ``exp``; *rejected* until ``exp``; *unavailable* and what concerns one request are not
        remembered at all.
        """
        if verdict.outcome is Outcome.UNAVAILABLE or verdict.concerns is Concerns.REQUEST:
            return
        expires_at = float(token.expires_at)
        if verdict.outcome is Outcome.ACTIVE:
            until = min(asked_at + self._ttl, expires_at)
            stale_until = min(asked_at + self._ttl + self._grace, expires_at)
        else:
            until = stale_until = expires_at
        key = _key(token, verdict.concerns)
        self._entries.pop(key, None)
        if stale_until <= asked_at:
            return
        self._entries[key] = _Remembered(verdict, asked_at, until, stale_until)
        while len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    def recall(
        self, token: VerifiedToken, now: float, *, max_age_seconds: int | None = None
    ) -> Verdict | None:
        """A verdict that still holds for this token, a refusal before anything else.

        ``max_age_seconds`` can shorten the life of an *active* one.
        """
        if not self._entries:
            return None
        of_token = self._get((token.issuer, token.subject, False, token.token_id), now)
        if of_token is not None and of_token.verdict.outcome is Outcome.REJECTED:
            return of_token.verdict
        entry = self._get(_key(token, Concerns.SESSION), now)
        if entry is None or now >= entry.until:
            return None
        is_active = entry.verdict.outcome is Outcome.ACTIVE
        if is_active and max_age_seconds is not None and now >= entry.since + max_age_seconds:
            return None
        return entry.verdict

    def is_stale_servable(
        self, token: VerifiedToken, now: float, *, max_age_seconds: int | None = None
    ) -> bool:
        """Whether the last verdict is *active*, and no older than the TTL and the grace together.

        ``max_age_seconds`` can shorten the TTL, as for :meth:`recall`.
        """
        entry = self._get(_key(token, Concerns.SESSION), now)
        if entry is None or entry.verdict.outcome is not Outcome.ACTIVE:
            return False
        return max_age_seconds is None or now < entry.since + max_age_seconds + self._grace

    def _get(self, key: _Key, now: float) -> _Remembered | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not entry.is_servable(now):
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry


def _key(token: VerifiedToken, concerns: Concerns) -> _Key:
    if concerns is Concerns.SESSION:
        name = token.token_id if token.is_judged_alone else token.session_id
        return (token.issuer, token.subject, True, name)
    return (token.issuer, token.subject, False, token.token_id)
