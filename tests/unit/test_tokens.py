"""Tokens that are verified."""

from __future__ import annotations

from typing import Any

import pytest

from authorizer.choices import TokenUse
from authorizer.policy import Grants
from authorizer.tokens import VerifiedToken
from tests.tokens import ISSUER


def _verified(**changes: Any) -> VerifiedToken:
    values: dict[str, Any] = {
        "text": "header.payload.signature",
        "issuer": ISSUER,
        "subject": "subject1",
        "token_use": TokenUse.ACCESS,
        "client_id": "client1web",
        "is_machine": False,
        "username": "ada",
        "scopes": frozenset({"read"}),
        "groups": ("admin", "staff"),
        "issued_at": 1,
        "authenticated_at": 1,
        "expires_at": 2,
        "token_id": "jti1",
        "session_id": "origin1",
    }
    return VerifiedToken(**(values | changes))


def test_grants_are_scopes_and_groups() -> None:
    """Route rules see scopes and groups, and not their order."""
    assert _verified().grants == Grants(frozenset({"read"}), frozenset({"staff", "admin"}))


def test_a_verified_token_shows_no_text() -> None:
    """A verified token's representation names its session and client only."""
    assert repr(_verified()) == "VerifiedToken(session_id='origin1', client_id='client1web')"


def test_tokens_are_frozen() -> None:
    """Nobody changes what was verified."""
    with pytest.raises(AttributeError):
        _verified().__setattr__("subject", "somebody else")
