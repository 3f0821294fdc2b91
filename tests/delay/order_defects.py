"""Defects to plant in the Lambdas behind routes: see :mod:`tests.delay.defects`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.writer import Writer
from sign_out.cognito import Cognito
from sign_out.marks import Marker
from sign_out.pool_tokens import PoolTokens
from tests.delay.defects import Plant


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


#: By what they amount to.
DEFECTS: dict[str, Plant] = {
    name.removeprefix("_").replace("_", " "): plant
    for name, plant in list(globals().items())
    if callable(plant) and name.startswith("_") and plant.__module__ == __name__
}
