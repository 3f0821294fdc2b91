"""The feed in the stack: what happens at Cognito becomes a mark when its event is delivered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.dynamodb import EVERYTHING
from tests.local.stack_bench import USER, Caller, running

HOUR = 3600


def admin(caller: Caller, operation: str, **parameters: Any) -> None:
    sdk, pool_id = caller.stack.sdk, caller.stack.pool_id
    getattr(sdk, operation)(UserPoolId=pool_id, Username=USER, **parameters)


ENDINGS: dict[str, tuple[Callable[[Caller], None], str]] = {
    "sign-out": (Caller.sign_out_everywhere, "session_revoked"),
    "disabled": (lambda c: admin(c, "admin_disable_user"), "user_disabled"),
    "deleted": (lambda c: admin(c, "admin_delete_user"), "user_not_found"),
    "password": (
        lambda c: admin(c, "admin_set_user_password", Password="Other-horse-8", Permanent=True),
        "session_revoked",
    ),
}


def outcomes(caller: Caller) -> list[str]:
    assert caller.stack.feed is not None
    return [line["outcome"] for line in caller.stack.feed.lines()]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("token", ["access", "id"])
def test_an_event_ends_a_session_before_its_verdict_lapses(ending: str, token: str) -> None:
    """Until the event comes the verdict (an hour) holds; from then on the mark does."""
    act, reason = ENDINGS[ending]
    environ = {"TOKEN_USES": "access,id"}
    with running(verdict_ttl_seconds=HOUR, authorizer_environ=environ) as caller:
        tokens = caller.sign_in()
        text = getattr(tokens, token)
        assert caller.reason(text) == "granted"
        caller.clock.advance(60)
        act(caller)
        assert caller.reason(text) == "granted"
        caller.deliver_events()
        assert caller.reason(text) == reason
        assert caller.get_user_calls() <= 1


def test_a_revoked_refresh_token_has_cognito_asked_again() -> None:
    """RevokeToken's event does not say which session: all of them are asked about, one dies."""
    with running(has_hook=False, verdict_ttl_seconds=HOUR) as caller:
        laptop, phone = caller.sign_in("laptop"), caller.sign_in("phone")
        for tokens in (laptop, phone):
            caller.call(tokens.access)
        caller.deliver_events()
        caller.revoke(laptop)
        assert caller.reason(laptop.access) == "granted"
        caller.deliver_events()
        assert caller.reason(laptop.access) == "session_revoked"
        assert caller.reason(phone.access) == "granted"
        assert caller.get_user_calls() == 4


def test_a_lost_event_costs_the_verdicts_ttl() -> None:
    """The feed is best effort; what Cognito knows bites at the latest when the verdict lapses."""
    with running(verdict_ttl_seconds=30) as caller:
        tokens = caller.sign_in()
        caller.call(tokens.access)
        caller.sign_out_everywhere()
        assert caller.stack.bus is not None
        caller.stack.bus.lose()
        caller.clock.advance(29.9)
        assert caller.reason(tokens.access) == "granted"
        caller.clock.advance(0.1)
        assert caller.reason(tokens.access) == "session_revoked"


@pytest.mark.parametrize("how", [{}, {"times": 2}, {"newest_first": True}])
def test_late_and_repeated_events_spare_the_session_made_since(how: dict[str, Any]) -> None:
    """Events of sign-outs, the hook's own among them, that come after the next sign-in."""
    with running(verdict_ttl_seconds=HOUR) as caller:
        caller.sign_in("laptop")
        caller.clock.advance(60)
        caller.sign_out_everywhere()
        caller.clock.advance(60)
        phone = caller.sign_in("phone")
        caller.call(phone.access)
        caller.clock.advance(300)
        # The user's first password, two sign-outs of the hook's, and the operator's.
        assert caller.deliver_events(**how) == 4
        assert caller.reason(phone.access) == "granted"
        assert set(outcomes(caller)) == {"marked"}


def test_the_hooks_own_sign_out_ends_id_tokens_within_its_margin() -> None:
    """What the hook's mark had to spare, the event of its sign-out ends, if it comes."""
    environ = {"TOKEN_USES": "access,id"}
    with running(verdict_ttl_seconds=HOUR, authorizer_environ=environ) as caller:
        laptop = caller.sign_in("laptop")
        caller.clock.advance(10)
        phone = caller.sign_in("phone")
        assert caller.reason(laptop.id) == "granted"
        caller.deliver_events()
        assert caller.reason(laptop.id) == "session_revoked"
        assert caller.reason(phone.id) == "granted"


def test_another_pools_events_are_ignored() -> None:
    """The rule hears of every pool in the account; the feed minds its own."""
    with running() as caller:
        stack = caller.stack
        stack.create_user("eve", pool_id=stack.foreign_pool_id)
        stack.sdk.admin_disable_user(UserPoolId=stack.foreign_pool_id, Username="eve")
        caller.deliver_events()
        assert outcomes(caller) == ["marked", "ignored", "ignored"]


def test_what_cannot_be_written_becomes_a_dead_letter() -> None:
    """While the ledger is down an event is tried three times, and then kept for the operator."""
    with running(verdict_ttl_seconds=HOUR) as caller:
        tokens, bus = caller.sign_in(), caller.stack.bus
        caller.clock.advance(60)
        caller.deliver_events()
        caller.sign_out_everywhere()
        assert bus is not None
        writes = caller.stack.dynamodb.calls["UpdateItem"]
        caller.stack.dynamodb.down = {EVERYTHING}
        bus.deliver()
        assert caller.stack.dynamodb.calls["UpdateItem"] == writes + 3
        caller.stack.dynamodb.down = set()
        (event,) = bus.dead_letters
        assert caller.stack.feed is not None
        caller.stack.feed.invoke(event)
        assert caller.reason(tokens.access) == "session_revoked"
        assert caller.get_user_calls() == 0
