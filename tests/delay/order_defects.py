"""Defects to plant in the Lambdas behind routes: see :mod:`tests.delay.defects`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import authorizer.provider_wiring
import issuers.verification
import receivers.ending
from authorizer.revocation.memory import VerdictMemory, _key
from authorizer.revocation.question import Question
from authorizer.revocation.verdict import Outcome, Verdict
from authorizer.tokens import Provider
from ledger.replay import ReplayGuard
from ledger.writer import Writer
from receivers.ending import Ending, Order
from receivers.security_events import SecurityEvents
from sign_out.cognito import Cognito
from sign_out.marks import Marker
from sign_out.provider_revocation import ProviderRevocation
from sign_out.provider_tokens import ProviderTokens
from sign_out.session import SessionReader
from tests.delay.defects import Plant
from tests.delay.drawn import PROVIDER


def _a_sign_out_forgets_the_mark(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Marker, "end_session", lambda self, session, deadline: None)


def _a_sign_out_everywhere_spares_the_last_second(patch: pytest.MonkeyPatch) -> None:
    right = Writer.end_user_before

    def end(self: Marker, session: Any, deadline: Any) -> None:
        moment = int(self._clock())
        right(self._writer, session.ledger_issuer, session.subject, moment, deadline)

    patch.setattr(Marker, "end_everywhere", end)


def _a_sign_out_keeps_the_refresh_token(patch: pytest.MonkeyPatch) -> None:
    for issuer in (Cognito, ProviderRevocation):
        patch.setattr(issuer, "revoke_token", lambda self, *what: True)


def _an_expired_token_signs_out_everywhere(patch: pytest.MonkeyPatch) -> None:
    right = SessionReader.read

    def read(self: SessionReader, text: str, deadline: Any) -> Any:
        session = right(self, text, deadline)
        return session and replace(session, is_expired=False)

    patch.setattr(SessionReader, "read", read)


def _a_receivers_mark_spares_the_last_second(patch: pytest.MonkeyPatch) -> None:
    right = Ending.__init__

    class Early(Writer):
        def end_user_before(self, issuer: str, subject: str, moment: int, deadline: Any) -> None:
            super().end_user_before(issuer, subject, moment - 1, deadline)

    def init(self: Ending, guard: Any, writer: Writer, **more: Any) -> None:
        early = Early("", lambda *_: {})
        early._updates = writer._updates
        right(self, guard, early, **more)

    patch.setattr(Ending, "__init__", init)


def _a_receiver_marks_the_wrong_issuer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(receivers.ending, "cognito_issuer", lambda user_pool_id: PROVIDER)


def _a_message_ends_sessions_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ReplayGuard, "begin", lambda self, message, **when: True)


def _a_providers_session_is_marked_as_its_users(patch: pytest.MonkeyPatch) -> None:
    right = ProviderTokens.read

    def read(self: ProviderTokens, token: Any) -> Any:
        session = right(self, token)
        return session and replace(session, owner=session.subject)

    patch.setattr(ProviderTokens, "read", read)


def _a_logout_of_a_session_needs_its_user(patch: pytest.MonkeyPatch) -> None:
    def ends_session(self: Order) -> bool:
        is_named = bool(self.subject.session and self.subject.user)
        return is_named and self.transmitter.names_sessions

    patch.setattr(Order, "ends_session", property(ends_session))


def _a_logout_of_a_session_ends_all_of_the_user(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Order, "ends_user", property(lambda self: bool(self.subject.user)))


def _a_late_event_ends_what_came_since(patch: pytest.MonkeyPatch) -> None:
    right = SecurityEvents.read

    def read(self: SecurityEvents, *request: Any) -> Any:
        order = right(self, *request)
        return order and replace(order, moment=int(self._clock()) + 1)

    patch.setattr(SecurityEvents, "read", read)


def _a_new_credential_ends_sessions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("receivers.security_events._ends_something", lambda uri, event: True)


def _providers_verdicts_are_used_twice_as_long(patch: pytest.MonkeyPatch) -> None:
    right = VerdictMemory.keep

    def keep(self: VerdictMemory, token: Any, verdict: Verdict, *, asked_at: float) -> None:
        right(self, token, verdict, asked_at=asked_at)
        key = _key(token, verdict.concerns)
        kept = self._entries.get(key)
        if kept is not None and token.is_judged_alone and verdict.outcome is Outcome.ACTIVE:
            until = min(kept.until + self._ttl, token.expires_at)
            self._entries[key] = kept._replace(until=until, stale_until=until)

    patch.setattr(VerdictMemory, "keep", keep)


def _a_providers_word_on_a_token_is_one_on_its_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Provider, "judges_tokens_alone", property(lambda self: False))


def _a_providers_session_is_looked_for_as_its_users(patch: pytest.MonkeyPatch) -> None:
    right = Question.about

    def about(token: Any, deadline: Any) -> Question:
        question = right(token, deadline)
        if token.provider is None:
            return question
        return question._replace(names=replace(question.names, session_subject=None))

    patch.setattr(Question, "about", about)


def _a_providers_withdrawn_key_is_kept(patch: pytest.MonkeyPatch) -> None:
    right = issuers.verification.key_store

    def key_store(profile: Any, settings: Any, **more: Any) -> Any:
        return right(
            profile, settings._replace(max_age_seconds=settings.max_age_seconds + 9), **more
        )

    patch.setattr(authorizer.provider_wiring, "key_store", key_store)


#: By what they amount to.
DEFECTS: dict[str, Plant] = {
    name.removeprefix("_").replace("_", " "): plant
    for name, plant in list(globals().items())
    if callable(plant) and name.startswith("_") and plant.__module__ == __name__
}
