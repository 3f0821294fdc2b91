"""Defects to plant, each one line of the product gone wrong: the proof has to find every one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import authorizer.revocation.check
import authorizer.revocation.getuser
import authorizer.revocation.shared_verdict
import ledger.judgement
from authorizer.choices import OutageRule
from authorizer.errors import Reason
from authorizer.flow import Authorizer
from authorizer.revocation.check import Finding
from authorizer.revocation.ledger_check import LedgerCheck
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.row_memory import RowMemory
from authorizer.revocation.shared_verdict import SharedVerdicts
from authorizer.revocation.verdict import ACTIVE, Concerns, Outcome, Verdict
from authorizer.verification import Verifier
from jose.keys import KeyStore
from ledger.judgement import Rows, TokenFacts
from ledger.writer import Writer
from pre_token_hook.mark import Marker

Plant = Callable[[pytest.MonkeyPatch], None]


def _verdicts_live_a_second_longer(patch: pytest.MonkeyPatch) -> None:
    right = SharedVerdicts.ttl_seconds
    patch.setattr(SharedVerdicts, "ttl_seconds", lambda self, rows: right(self, rows) + 1)


def _memory_lives_a_second_longer(patch: pytest.MonkeyPatch) -> None:
    right = RowMemory.__init__

    def init(self: RowMemory, reader: Any, *, ttl_seconds: int, max_entries: int) -> None:
        right(self, reader, ttl_seconds=ttl_seconds + 1, max_entries=max_entries)

    patch.setattr(RowMemory, "__init__", init)


def _own_verdicts_live_a_second_longer(patch: pytest.MonkeyPatch) -> None:
    right = VerdictMemory.keep

    def keep(self: VerdictMemory, token: Any, verdict: Verdict, *, asked_at: float) -> None:
        right(self, token, verdict, asked_at=asked_at + 1)

    patch.setattr(VerdictMemory, "keep", keep)
    recall = VerdictMemory.recall
    patch.setattr(
        VerdictMemory,
        "recall",
        lambda self, token, now, **more: (
            recall(self, token, now, **more) or recall(self, token, now + 1, **more)
        ),
    )


def _the_least_watermark_counts(patch: pytest.MonkeyPatch) -> None:
    def watermark(rows: Rows) -> int:
        marks = (rows.pool.not_before, rows.client.not_before, rows.user.not_before)
        return min((mark for mark in marks if mark), default=0)

    patch.setattr(ledger.judgement, "watermark", watermark)


def _an_outage_is_remembered_as_a_refusal(patch: pytest.MonkeyPatch) -> None:
    right = VerdictMemory.keep

    def keep(self: VerdictMemory, token: Any, verdict: Verdict, *, asked_at: float) -> None:
        if verdict.outcome is Outcome.UNAVAILABLE:
            verdict = Verdict.rejected(Reason.SESSION_REVOKED, Concerns.SESSION)
        right(self, token, verdict, asked_at=asked_at)

    patch.setattr(VerdictMemory, "keep", keep)


def _throttling_is_a_refusal(patch: pytest.MonkeyPatch) -> None:
    refused = Verdict.rejected(Reason.REFUSED_BY_ISSUER, Concerns.TOKEN)
    verdicts = authorizer.revocation.getuser.VERDICTS
    patch.setitem(verdicts, "TooManyRequestsException", refused)


def _tokens_do_not_expire(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Verifier, "_check_times", lambda self, *times: None)


def _a_remembered_token_needs_no_key(patch: pytest.MonkeyPatch) -> None:
    def verify_again(self: Verifier, name: Any, text: str, known: Any, deadline: Any) -> Any:
        self._check_times(known.starts_at, known.token.expires_at)
        return known

    patch.setattr(Verifier, "_verify_again", verify_again)


def _policies_do_not_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Authorizer, "_ends_at", lambda self, token: None)


def _marks_catch_their_own_second(patch: pytest.MonkeyPatch) -> None:
    right = ledger.judgement.find_mark

    def find_mark(rows: Rows, token: TokenFacts) -> Any:
        earlier = TokenFacts(token.authenticated_at - 1, token.issued_at - 1)
        return right(rows, earlier)

    patch.setattr("authorizer.revocation.ledger_check.find_mark", find_mark)


def _marks_spare_the_second_before(patch: pytest.MonkeyPatch) -> None:
    right = ledger.judgement.find_mark

    def find_mark(rows: Rows, token: TokenFacts) -> Any:
        return right(rows, TokenFacts(token.authenticated_at + 1, token.issued_at + 1))

    patch.setattr("authorizer.revocation.ledger_check.find_mark", find_mark)


def _stale_service_has_no_end(patch: pytest.MonkeyPatch) -> None:
    right = SharedVerdicts.is_fresh

    def is_fresh(
        self: SharedVerdicts, question: Any, rows: Rows, *, at: float, slack_seconds: int = 0
    ) -> bool:
        return right(self, question, rows, at=at, slack_seconds=slack_seconds * 1000)

    patch.setattr(SharedVerdicts, "is_fresh", is_fresh)


def _verdicts_outlive_their_generation(patch: pytest.MonkeyPatch) -> None:
    right = ledger.judgement.is_verdict_fresh

    def is_verdict_fresh(rows: Rows, **more: Any) -> bool:
        session = replace(rows.session, checked_generation=rows.user.generation)
        return right(replace(rows, session=session), **more)

    patch.setattr(authorizer.revocation.shared_verdict, "is_verdict_fresh", is_verdict_fresh)


def _old_verdicts_take_the_new_generation(patch: pytest.MonkeyPatch) -> None:
    right = SharedVerdicts._share_active

    def share(self: SharedVerdicts, question: Any, rows: Rows, asked_at: float) -> None:
        del rows
        late = self._rows.read(question.names, self._clock(), question.deadline)
        right(self, question, late, asked_at)

    patch.setattr(SharedVerdicts, "_share_active", share)


def _withdrawn_keys_are_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(KeyStore, "_is_fresh", lambda self, now: self._current is not None)


def _a_new_key_is_not_looked_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(KeyStore, "_draw", lambda self, now: False)


def _the_hook_forgets_its_margin(patch: pytest.MonkeyPatch) -> None:
    right = Writer.end_tokens_issued_before

    def end(self: Writer, issuer: str, subject: str, moment: int, *more: Any) -> None:
        right(self, issuer, subject, moment + 30, *more)

    patch.setattr(Writer, "end_tokens_issued_before", end)


def _the_hook_does_not_mark(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Marker, "mark", lambda self, trigger: True)


def _the_feed_voids_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Writer, "void_verdicts", lambda self, issuer, subject, deadline: None)


def _tightening_does_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        SharedVerdicts, "ttl_seconds", lambda self, rows: self._settings.verdict_ttl_seconds
    )


def _an_outage_wipes_marks(patch: pytest.MonkeyPatch) -> None:
    right = LedgerCheck._find_without

    def find(self: LedgerCheck, question: Any) -> Any:
        self._rows.forget_session(question.names)
        self._rows._users.forget(question.names.user)
        return right(self, question)

    patch.setattr(LedgerCheck, "_find_without", find)


def _an_outage_lets_everybody_in(patch: pytest.MonkeyPatch) -> None:
    right = authorizer.revocation.check.under_outage_rule

    def let_in(rule: OutageRule, finding: Finding, **how: Any) -> Finding:
        return right(rule, finding, **how)._replace(verdict=ACTIVE)

    patch.setattr(authorizer.revocation.check, "under_outage_rule", let_in)
    patch.setattr(authorizer.revocation.shared_verdict, "under_outage_rule", let_in)


def _places_are_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LedgerCheck, "_is_displaced", lambda self, question, user: False)
    patch.setattr(LedgerCheck, "_place", lambda self, question, finding, device: finding)


def _a_refusal_is_shared_as_active(patch: pytest.MonkeyPatch) -> None:
    def share(self: SharedVerdicts, verdict: Any, question: Any, rows: Any) -> None:
        self._share_active(question, rows, self._clock())

    patch.setattr(SharedVerdicts, "_share_refusal", share)


#: By what they amount to.
DEFECTS: dict[str, Plant] = {
    name.removeprefix("_").replace("_", " "): plant
    for name, plant in list(globals().items())
    if callable(plant) and name.startswith("_") and plant.__module__ == __name__
}
