"""The verdict on a session that one sandbox asks for and every sandbox uses.

Cognito answers ten questions a second about one user, and a page that fires fifteen calls at once
lands on as many sandboxes. So whoever is first takes a **lease** in the session's row and asks;
the others wait for the answer to appear beside it. A lease that comes to nothing lapses, and
waiting ends long before the decision's budget does: in the worst case everyone asks, as without.

That the quota is spent is shared as well, for a second: whoever asked next would be told the same.
Each makes of it what its own outage rule says. Other outages are not shared, for they may be one
sandbox's alone (docs/decisions/0015-a-throttle-is-shared.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from authorizer.errors import Reason
from authorizer.revocation.check import Finding, FoundBy, ask, under_outage_rule
from authorizer.revocation.question import Question
from authorizer.revocation.row_memory import RowMemory
from authorizer.revocation.verdict import ACTIVE, Concerns, Outcome, SessionSource, Verdict
from authorizer.settings import Settings
from ledger.judgement import MarkReason, Rows, find_mark, is_throttled, is_verdict_fresh
from ledger.rows import LedgerError
from ledger.writer import Writer
from transport import MonotonicClock, WallClock

#: Steps of waiting for another sandbox's answer, in seconds. Together about a second: less than
#: the lease lives, and less than half of the decision's budget.
WAITS_SECONDS = (0.03, 0.06, 0.12, 0.24, 0.48)

#: What must be left of the budget for asking Cognito oneself after waiting in vain.
_RESERVE_SECONDS = 1.0

_THROTTLED = Finding(Verdict.unavailable(Reason.ISSUER_THROTTLED), FoundBy.LEDGER)

#: Access and ID tokens live for a day at most.
#: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
_LONGEST_TOKEN_SECONDS = 86_400


class SharedVerdicts:
    """Finds the verdict on a session that no mark has ended, and shares it."""

    def __init__(
        self,
        settings: Settings,
        rows: RowMemory,
        writer: Writer,
        *,
        clock: WallClock,
        monotonic: MonotonicClock,
        pause: Callable[[float], None],
    ) -> None:
        self._settings = settings
        self._rows = rows
        self._writer = writer
        self._clock = clock
        self._monotonic = monotonic
        self._pause = pause

    def ttl_seconds(self, rows: Rows) -> int:
        """How long verdicts may be used: as deployed, or shorter if the pool's row says so."""
        live = rows.pool.verdict_ttl_seconds
        deployed = self._settings.verdict_ttl_seconds
        return deployed if live is None else max(0, min(deployed, live))

    def is_fresh(
        self, question: Question, rows: Rows, *, at: float, slack_seconds: int = 0
    ) -> bool:
        """Whether the verdict in these rows could be used at the moment ``at``.

        Never for a token that has expired and is let through within the leeway.
        """
        return self._clock() < question.token.expires_at and is_verdict_fresh(
            rows, now_ms=int(at * 1000), ttl_seconds=self.ttl_seconds(rows) + slack_seconds
        )

    def find(self, source: SessionSource, question: Question, rows: Rows) -> Finding:
        """The verdict in the row if it is fresh; else the source's, which is then written there."""
        known = self._known(question, rows, at=self._clock())
        if known is not None:
            return known
        leased_at_ms = 0
        if self.ttl_seconds(rows) > 0:
            leased = self._take_lease_or_wait(question, rows)
            if isinstance(leased, Finding):
                return leased
            leased_at_ms = leased
            rows = self._rows.last_known(question.names)
        asked_at = self._clock()
        asked = ask(source, question.token, question.deadline, self._monotonic)
        is_shared = self._share(asked.verdict, question, rows, asked_at, leased_at_ms)
        if asked.verdict.outcome is Outcome.UNAVAILABLE:
            return self._outage(question, rows, Finding(asked.verdict, asked.source, asked))
        return Finding(asked.verdict, asked.source, asked, is_shared=is_shared)

    def _known(self, question: Question, rows: Rows, *, at: float) -> Finding | None:
        """What others were answered a moment ago, good or not; None if one has to ask."""
        if self.is_fresh(question, rows, at=at):
            return Finding(ACTIVE, FoundBy.LEDGER)
        if is_throttled(rows.session, now_ms=int(at * 1000)):
            return self._outage(question, rows, _THROTTLED)
        return None

    def _take_lease_or_wait(self, question: Question, rows: Rows) -> Finding | int:
        """When the lease was taken, in milliseconds; or what came up while waiting for its holder.

        0 if there is no time left to wait: then one asks without it.
        """
        while True:
            now_ms = int(self._clock() * 1000)
            # A write whose condition fails costs as much as any: who sees it taken does not try.
            is_taken = rows.session.asking_until_ms > now_ms
            if not is_taken and self._take_lease(question, rows, now_ms):
                return now_ms
            waited = self._wait(question)
            if not isinstance(waited, bool):
                return waited
            if not waited:
                return 0
            rows = self._rows.last_known(question.names)

    def _take_lease(self, question: Question, rows: Rows, now_ms: int) -> bool:
        return self._writer.take_lease(
            question.names.session,
            now_ms=now_ms,
            known_ms=rows.session.checked_at_ms,
            forget_at=question.token.expires_at,
            deadline=question.deadline,
        )

    def _wait(self, question: Question) -> Finding | bool:
        """What came up while somebody else was asking; else whether there is time to try again."""
        for seconds in WAITS_SECONDS:
            if question.deadline.remaining_seconds() < seconds + _RESERVE_SECONDS:
                return False
            self._pause(seconds)
            now = self._clock()
            rows = self._rows.read(question.names, now, question.deadline)
            mark = find_mark(rows, question.facts)
            if mark is not None:
                return Finding(ended(mark), FoundBy.LEDGER)
            known = self._known(question, rows, at=now)
            if known is not None:
                return known
            if rows.session.asking_until_ms <= now * 1000:
                return True
        return True

    def _outage(self, question: Question, rows: Rows, finding: Finding) -> Finding:
        """What this sandbox's outage rule makes of a finding that nobody could say."""
        grace = self._settings.stale_grace_seconds
        return under_outage_rule(
            self._settings.outage_rule,
            finding,
            is_stale_servable=lambda: self.is_fresh(
                question, rows, at=self._clock(), slack_seconds=grace
            ),
        )

    def _share(
        self,
        verdict: Verdict,
        question: Question,
        rows: Rows,
        asked_at: float,
        leased_at_ms: int,
    ) -> bool:
        """Write the verdict for the others. That this fails costs them a question, no more."""
        try:
            if verdict.outcome is Outcome.ACTIVE:
                self._share_active(question, rows, asked_at)
            elif verdict.outcome is Outcome.REJECTED and verdict.concerns is Concerns.SESSION:
                self._share_refusal(verdict, question, rows)
            elif leased_at_ms:
                is_spent = verdict.reason is Reason.ISSUER_THROTTLED
                self._writer.drop_lease(
                    question.names.session,
                    taken_at_ms=leased_at_ms,
                    throttled_at_ms=int(asked_at * 1000) if is_spent else None,
                    # Nobody is to be served stale by a yes of before, neither here nor elsewhere.
                    voids_verdict=verdict.outcome is Outcome.REJECTED,
                    deadline=question.deadline,
                )
        except LedgerError:
            return False
        return True

    def _share_refusal(self, verdict: Verdict, question: Question, rows: Rows) -> None:
        assert verdict.reason is not None
        now = int(self._clock())
        mark = MarkReason(verdict.reason.value)
        revoked = replace(rows.session, revoked_at=now, reason=mark.value)
        self._rows.update_session(question.names, revoked)
        self._writer.end_session(
            question.names.session,
            mark,
            now=now,
            # Cognito does not refresh it either, so the mark is of use until its last token ends.
            forget_at=now + _LONGEST_TOKEN_SECONDS,
            deadline=question.deadline,
        )

    def _share_active(self, question: Question, rows: Rows, asked_at: float) -> None:
        if self.ttl_seconds(rows) == 0:
            return
        checked_at_ms, generation = int(asked_at * 1000), rows.user.generation
        checked = replace(rows.session, checked_at_ms=checked_at_ms, checked_generation=generation)
        self._rows.update_session(question.names, checked)
        is_written = self._writer.keep_verdict(
            question.names.session,
            checked_at_ms=checked_at_ms,
            generation=generation,
            forget_at=question.token.expires_at,
            deadline=question.deadline,
        )
        if not is_written:
            # Revoked meanwhile, or asked later by somebody else: do not build on what was read.
            self._rows.forget_session(question.names)


def ended(mark: MarkReason) -> Verdict:
    """The verdict that a mark amounts to. Marks and reasons have the same values."""
    return Verdict.rejected(Reason(mark.value), Concerns.SESSION)
