"""Asks about a session with the ledger: marks, then the shared verdict, then the issuer.

A mark beats any verdict, always. What is remembered in this sandbox are rows, not answers: they
are judged anew for every token, so that an older token of a session is not let in by a newer one.
"""

from __future__ import annotations

from collections.abc import Sequence

from authorizer.choices import LedgerOutageRule, TokenUse
from authorizer.errors import Reason
from authorizer.ledger_settings import LedgerSettings
from authorizer.revocation.check import (
    Finding,
    FoundBy,
    LedgerUse,
    RevocationCheck,
    judge_of,
    under_unchecked_rule,
)
from authorizer.revocation.enrolment import Enroller
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.question import Question
from authorizer.revocation.row_memory import RowMemory
from authorizer.revocation.shared_verdict import SharedVerdicts, ended
from authorizer.revocation.verdict import ACTIVE, Concerns, Outcome, SessionSource, Verdict
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from ledger.judgement import MarkReason, Rows, find_mark
from ledger.rows import ContendedError, LedgerError, SchemaError, UserRow
from transport import Deadline, MonotonicClock, WallClock

_UNKNOWN = Verdict.unavailable(Reason.LEDGER_UNAVAILABLE)
_DISPLACED = ended(MarkReason.SIGNED_IN_ELSEWHERE)


class LedgerCheck:
    """Decides whether the session of a verified token lives, with the ledger's help."""

    def __init__(
        self,
        settings: Settings,
        ledger: LedgerSettings,
        *,
        sources: Sequence[SessionSource],
        rows: RowMemory,
        verdicts: SharedVerdicts,
        fallback: RevocationCheck,
        enroller: Enroller | None,
        clock: WallClock,
        monotonic: MonotonicClock,
    ) -> None:
        """
        Args:
            settings: the rule for tokens nobody can judge, and the size of memories.
            ledger: memory TTL, cool-down, and the rule for when the ledger does not answer.
            sources: in the order of preference.
            rows: the ledger, through this sandbox's memory of it.
            verdicts: finds and shares verdicts.
            fallback: decides without the ledger.
            enroller: keeps rosters; None if sessions are not limited.
            clock: wall-clock time, seconds since the epoch.
            monotonic: for the cool-down.
        """
        self._settings = settings
        self._ledger = ledger
        self._sources = tuple(sources)
        self._rows = rows
        self._verdicts = verdicts
        self._fallback = fallback
        self._enroller = enroller
        self._clock = clock
        self._monotonic = monotonic
        # Cognito's refusals: of single tokens, which no row holds, and of sessions, whose mark may
        # not have reached the table.
        self._refused = VerdictMemory(
            ttl_seconds=0, stale_grace_seconds=0, max_entries=settings.verdict_max_entries
        )
        self._down_until: float | None = None

    def find(self, token: VerifiedToken, deadline: Deadline, device: str = "") -> Finding:
        """See :class:`authorizer.revocation.check.SessionCheck`."""
        question = Question.about(token, deadline)
        remembered = self._remembered(question)
        if remembered is not None:
            return remembered
        if not self._is_cooling_down():
            try:
                return self._find(question, device)._replace(ledger=LedgerUse.READ)
            except ContendedError:
                # Nobody is let in past a limit because many came at once.
                return Finding(_UNKNOWN, FoundBy.LEDGER, ledger=LedgerUse.READ)
            except SchemaError:
                pass
            except LedgerError:
                if deadline.remaining_seconds() > 0:
                    self._down_until = self._monotonic() + self._ledger.cooldown_ms / 1000
        return self._find_without(question)._replace(ledger=LedgerUse.DOWN)

    def _remembered(self, question: Question) -> Finding | None:
        """What this sandbox knows well enough to read nothing."""
        verdict = self._recall(question, self._clock())
        return None if verdict is None else Finding(verdict, FoundBy.MEMORY, None, LedgerUse.MEMORY)

    def _recall(self, question: Question, now: float) -> Verdict | None:
        user = self._rows.recall_user(question.names, now)
        if user is None:
            return None
        if self._is_displaced(question, user):
            return _DISPLACED
        rows = self._rows.recall(question.names, now)
        if rows is None:
            return None
        mark = find_mark(rows, question.facts)
        if mark is not None:
            return ended(mark)
        refused = self._refused.recall(question.token, now)
        if refused is not None:
            return refused
        if not self._is_placed(question, rows.user):
            # What was read for a decision that came to nothing: it has to be made first.
            return None
        if judge_of(question.token, self._sources) is None:
            return self._unasked(question.token)
        return self._recall_active(question, rows, now)

    def _recall_active(self, question: Question, rows: Rows, now: float) -> Verdict | None:
        if question.token.is_judged_alone:
            return self._fallback.recall(
                question.token, now, max_age_seconds=rows.pool.verdict_ttl_seconds
            )
        # A verdict that was fresh when the row was read may be used for as long as the row may.
        is_fresh = self._verdicts.is_fresh(question, rows, at=self._rows.read_at(question.names))
        return ACTIVE if is_fresh else None

    def _find(self, question: Question, device: str) -> Finding:
        rows = self._rows.read(question.names, self._clock(), question.deadline)
        mark = find_mark(rows, question.facts)
        if mark is not None:
            self._free_place(question, rows)
            return Finding(ended(mark), FoundBy.LEDGER)
        if self._is_displaced(question, rows.user):
            return Finding(_DISPLACED, FoundBy.LEDGER)
        finding = self._judge(question, rows)
        # Only who is let in takes a place: nobody is evicted for the sake of a dead session.
        if finding.verdict.outcome is Outcome.ACTIVE and finding.found_by != FoundBy.OUTAGE_RULE:
            return self._place(question, finding, device)
        return finding

    def _place(self, question: Question, finding: Finding, device: str) -> Finding:
        """Hold a living session against the limit on its user's sessions."""
        if self._enroller is None or not question.token.has_session:
            return finding
        rows = self._rows.last_known(question.names)
        enrolled = self._enroller.enrol(question, rows, device)
        self._rows.update_user(question.names, enrolled.user)
        if enrolled.refusal is not None:
            # Its row says that it lives; what memory must not do is let it in for that.
            self._rows.forget_session(question.names)
            finding = finding._replace(verdict=ended(enrolled.refusal), found_by=FoundBy.LEDGER)
        return finding._replace(evicted=enrolled.evicted)

    def _judge(self, question: Question, rows: Rows) -> Finding:
        """The finding on a session that no mark has ended."""
        now = self._clock()
        refused = self._refused.recall(question.token, now)
        if refused is not None:
            return Finding(refused, FoundBy.MEMORY)
        source = judge_of(question.token, self._sources)
        if source is None:
            return Finding(self._unasked(question.token), FoundBy.LEDGER)
        finding = (
            # The session's row has one verdict, which another of its tokens must not be let in by.
            self._ask_alone(question, rows)
            if question.token.is_judged_alone
            else self._verdicts.find(source, question, rows)
        )
        if finding.verdict.outcome is Outcome.REJECTED:
            self._refused.keep(question.token, finding.verdict, asked_at=now)
            if finding.verdict.concerns is Concerns.SESSION:
                self._free_place(question, rows)
        return finding

    def _find_without(self, question: Question) -> Finding:
        """The issuer alone, and what was read before: neither marks nor evictions go away."""
        rows = self._rows.last_known(question.names)
        mark = find_mark(rows, question.facts)
        if mark is not None:
            return Finding(ended(mark), FoundBy.MEMORY)
        if self._is_displaced(question, rows.user):
            return Finding(_DISPLACED, FoundBy.MEMORY)
        asked_at = self._clock()
        refused = self._refused.recall(question.token, asked_at)
        if refused is not None:
            return Finding(refused, FoundBy.MEMORY)
        is_refused = self._ledger.outage_rule is LedgerOutageRule.REFUSE
        is_unasked = judge_of(question.token, self._sources) is None
        if is_refused or (is_unasked and is_for_ledger(question.token)):
            return Finding(_UNKNOWN, FoundBy.LEDGER)
        finding = self._ask_alone(question, rows)
        if finding.verdict.outcome is Outcome.REJECTED:
            # When the ledger is back, its older verdict must not let in who was refused meanwhile.
            self._refused.keep(question.token, finding.verdict, asked_at=asked_at)
        return finding

    def _ask_alone(self, question: Question, rows: Rows) -> Finding:
        """A verdict of this sandbox's own, which it shares with no other."""
        return self._fallback.find_within(
            question.token, question.deadline, max_age_seconds=rows.pool.verdict_ttl_seconds
        )

    def _is_displaced(self, question: Question, user: UserRow) -> bool:
        return (
            self._enroller is not None
            and question.token.has_session
            and self._enroller.displaces(question.token, user)
        )

    def _is_placed(self, question: Question, user: UserRow) -> bool:
        return (
            self._enroller is None
            or not question.token.has_session
            or self._enroller.has_placed(question.token, user)
        )

    def _free_place(self, question: Question, rows: Rows) -> None:
        if self._enroller is not None:
            self._enroller.withdraw(question, rows.user)

    def _unasked(self, token: VerifiedToken) -> Verdict:
        """The verdict on a token that no mark has ended and no source takes."""
        if is_for_ledger(token):
            return ACTIVE
        return under_unchecked_rule(self._settings.unchecked_session_rule)

    def _is_cooling_down(self) -> bool:
        return self._down_until is not None and self._monotonic() < self._down_until


def is_for_ledger(token: VerifiedToken) -> bool:
    """ID and machine tokens are judged by marks alone where nobody has a word on them; and tokens
    of providers that are stated so. An access token without the scope could be asked about, if its
    client let it, and is not among them.
    """
    return (
        token.is_machine
        or token.token_use is TokenUse.ID
        or (token.provider is not None and token.provider.is_judged_by_marks)
    )
