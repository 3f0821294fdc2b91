"""docs/operations.md: what it says to type for a dead letter does what the feed would have done."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ledger.judgement import MarkReason
from local.stack import PASSWORD, StackSettings
from session_feed.events import EFFECTS, Effect
from tests.contracts.runbook import instead_of_the_feed
from tests.ops.bench import OpsBench, open_ops_bench

#: Longer than anybody waits in a test: what ends a session here is no TTL.
_SETTINGS = StackSettings(has_hook=False, verdict_ttl_seconds=3600)

#: What is done to ada at Cognito, of whom the feed hears nothing.
_OPERATIONS: dict[str, Callable[[OpsBench], object]] = {
    "AdminUserGlobalSignOut": lambda bench: bench.stack.sdk.admin_user_global_sign_out(
        UserPoolId=bench.stack.pool_id, Username="ada"
    ),
    "AdminDisableUser": lambda bench: bench.stack.sdk.admin_disable_user(
        UserPoolId=bench.stack.pool_id, Username="ada"
    ),
    "AdminDeleteUser": lambda bench: bench.stack.sdk.admin_delete_user(
        UserPoolId=bench.stack.pool_id, Username="ada"
    ),
    "AdminSetUserPassword": lambda bench: bench.stack.sdk.admin_set_user_password(
        UserPoolId=bench.stack.pool_id, Username="ada", Password=PASSWORD, Permanent=True
    ),
}


@pytest.fixture
def bench() -> Iterator[OpsBench]:
    with open_ops_bench(_SETTINGS) as bench:
        yield bench


def _lose(bench: OpsBench, operation: str) -> tuple[str, str]:
    """Do it with a session of ada's open, and lose the event; her token, and her ``sub``."""
    token, subject = bench.sign_in("ada").access, bench.subject("ada")
    assert bench.call(token) == 200
    bench.clock.advance(60)
    _OPERATIONS[operation](bench)
    assert bench.stack.bus is not None
    bench.stack.bus.lose()
    assert bench.call(token) == 200
    return token, subject


def test_each_event_has_its_command() -> None:
    """All that the feed hears of is in the table; what Cognito has no word on takes a mark."""
    instead = instead_of_the_feed()
    assert set(instead) == set(EFFECTS)
    for operation, (effect, reason) in EFFECTS.items():
        is_mark, is_gone = instead[operation][0] == "revoke", reason is MarkReason.USER_NOT_FOUND
        assert ("--gone" in instead[operation]) is is_gone
        assert is_mark is (is_gone or effect is Effect.END_SESSIONS)


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_the_command_ends_the_session(bench: OpsBench, operation: str) -> None:
    """What was to end has ended, as soon as the command has been typed."""
    token, subject = _lose(bench, operation)
    command = [word.replace("8c1a…-sub", subject) for word in instead_of_the_feed()[operation]]
    assert bench.run(*command, "--yes").exit_code == 0
    assert bench.call(token) == 401


def test_asking_cognito_does_not_end_what_a_new_password_should(bench: OpsBench) -> None:
    """Cognito lets older sessions live: to void verdicts is not enough."""
    token, subject = _lose(bench, "AdminSetUserPassword")
    assert bench.change("ttl", "void", subject).exit_code == 0
    assert bench.call(token) == 200
