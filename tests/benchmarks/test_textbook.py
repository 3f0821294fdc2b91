"""The textbook authorizer is a fair peer: it refuses and answers as this project does."""

from __future__ import annotations

import time
from typing import Any

import pytest

from benchmarks.loopback import LoopbackServer
from benchmarks.pool import event_of, new_token
from benchmarks.sandbox_program import Context
from tests.benchmarks.conftest import Handler
from tests.tokens import SessionMaker, sign

_NOW = int(time.time())

REFUSED: dict[str, dict[str, Any]] = {
    "expired": {"exp": _NOW - 10},
    "another client's": {"client_id": "another"},
    "another pool's": {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"},
    "an ID token's use": {"token_use": "id"},
    "not issued yet": {"iat": _NOW + 86_400},
    "without a user": {"username": None},
    "without an end": {"exp": None},
}


def test_a_living_session_gets_the_same_answer_from_both(
    ours: Handler, textbook: Handler, context: Context
) -> None:
    """Policy and context of a grant are equal, so that neither does less than the other."""
    event = event_of(new_token(_NOW, **{"cognito:groups": ["admins"], "scope": SCOPES}))

    assert textbook(event, context) == ours(event, context)


SCOPES = "orders/read aws.cognito.signin.user.admin"


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("candidate", ["ours", "textbook"])
def test_both_refuse_the_same_claims(
    candidate: str, changes: dict[str, Any], context: Context, request: pytest.FixtureRequest
) -> None:
    """A token that one refuses for its claims the other refuses too, with a 401."""
    handler: Handler = request.getfixturevalue(candidate)
    event = event_of(new_token(_NOW, **changes))

    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler(event, context)


@pytest.mark.parametrize("candidate", ["ours", "textbook"])
def test_both_refuse_a_revoked_session(
    candidate: str, server: LoopbackServer, context: Context, request: pytest.FixtureRequest
) -> None:
    """A token that Cognito calls revoked is answered 401."""
    handler: Handler = request.getfixturevalue(candidate)
    token = new_token(_NOW)
    server.revoked |= {token}

    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler(event_of(token), context)


@pytest.mark.parametrize("candidate", ["ours", "textbook"])
def test_both_refuse_a_foreign_signature(
    candidate: str, context: Context, request: pytest.FixtureRequest
) -> None:
    """A token that another key signed in the right key's name is answered 401."""
    handler: Handler = request.getfixturevalue(candidate)
    claims = SessionMaker(signed_in_at=_NOW).access()
    forged = sign(claims, key="another", header={"kid": "key1"})

    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler(event_of(forged), context)
