"""What every attack meets: its status, its catalogued reason, a Cognito that is not asked."""

from __future__ import annotations

from typing import Any

from authorizer.errors import ANSWERS, Reason
from tests.events import rest_request
from tests.sandbox import Sandbox, Seen, new_token


def refuse_event(
    event: Any, reason: Reason, *, sandbox: Sandbox | None = None, fetches: int | None = None
) -> Seen:
    """Send an event that must be refused for ``reason`` before anyone is asked about a session.

    Args:
        event: what the gateway hands over.
        reason: the catalogued reason; its family gives the status.
        sandbox: one of the caller's own; a new one if none is given.
        fetches: how often the issuer's keys may have been fetched by then; not looked at if None.
    """
    box = sandbox or Sandbox()
    asked_before = box.cognito.getuser_calls + box.cognito.userinfo_calls
    seen = box.send(event)
    assert (seen.status, seen.reason) == (ANSWERS[reason].status, reason)
    assert seen.line["granted"] is False
    assert seen.answer is None or seen.answer == {"errorMessage": "Unauthorized"}
    assert box.cognito.getuser_calls + box.cognito.userinfo_calls == asked_before
    if fetches is not None:
        assert box.cognito.key_set_fetches == fetches
    return seen


def refuse(
    token: str, reason: Reason, *, sandbox: Sandbox | None = None, fetches: int | None = None
) -> Seen:
    """Send a bearer token that must be refused; a good one must be granted right after it."""
    box = sandbox or Sandbox()
    seen = refuse_event(rest_request(f"Bearer {token}"), reason, sandbox=box, fetches=fetches)
    assert box.call(new_token()).status == 200
    return seen
