"""Defects to plant in the Lambdas behind routes: see :mod:`tests.delay.defects`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import receivers.ending
from ledger.replay import ReplayGuard
from ledger.writer import Writer
from receivers.ending import Ending
from sign_out.cognito import Cognito
from sign_out.marks import Marker
from sign_out.pool_tokens import PoolTokens
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
    patch.setattr(Cognito, "revoke_token", lambda self, *what: True)


def _an_expired_token_signs_out_everywhere(patch: pytest.MonkeyPatch) -> None:
    right = PoolTokens.read

    def read(self: PoolTokens, token: Any) -> Any:
        session = right(self, token)
        return session and replace(session, is_expired=False)

    patch.setattr(PoolTokens, "read", read)


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


#: By what they amount to.
DEFECTS: dict[str, Plant] = {
    name.removeprefix("_").replace("_", " "): plant
    for name, plant in list(globals().items())
    if callable(plant) and name.startswith("_") and plant.__module__ == __name__
}
