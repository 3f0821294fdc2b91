"""What a stack that runs for long lets go of, so that it does not grow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import Item

from ledger.rows import session_name
from local.clock import MovableClock
from local.forgery import rename_key
from local.gateway.answers import AuthorizerAnswer
from local.gateway.cache import ResultCache
from local.gateway.config import AuthorizerConfig
from local.log import Log
from tests.local.gateway_bench import REST_SOURCE
from tests.local.stack_bench import running


def test_a_log_is_taken_line_by_line() -> None:
    """Lines that several threads write while others take them arrive once each, and whole."""
    log = Log()
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(log.write, f"line {number}\n") for number in range(400)]
        taken = [line for _ in range(50) for line in log.take()]
        for one in written:
            one.result()
    taken += log.take()
    assert sorted(taken) == sorted(f"line {number}" for number in range(400))
    assert log.getvalue() == ""


def test_the_gateway_drops_answers_that_have_ended() -> None:
    """Entries beyond their TTL do not gather; those within it are kept, however many."""
    clock, answer = MovableClock(), cast("AuthorizerAnswer", object())
    cache = ResultCache(clock)
    kept = AuthorizerConfig("kept", lambda _: None, (REST_SOURCE,), ttl_seconds=30)
    for number in range(300):
        cache.put(kept, (str(number),), answer)
    assert len(cache) == 300
    assert cache.get(kept, ("0",)) is answer
    for number in range(2000):
        clock.advance(1)
        cache.put(kept, (str(number),), answer)
    # Thirty are alive at any moment.
    assert 30 <= len(cache) < 100
    not_kept = AuthorizerConfig("not kept", lambda _: None, (REST_SOURCE,), ttl_seconds=0)
    before = len(cache)
    cache.put(not_kept, ("x",), answer)
    assert (len(cache), cache.get(not_kept, ("x",))) == (before, None)


def test_a_new_copy_of_a_sandbox_remembers_nothing() -> None:
    """The copy in its place asks anew, and the others still remember."""
    with running(verdict_ttl_seconds=60, ledger=False, sandboxes=2) as caller:
        tokens = caller.sign_in()
        for _ in range(4):
            assert caller.call(tokens.access).status_code == 200
        asked = caller.stack.cognito.traffic.calls["GetUser"]
        assert asked == 2
        caller.stack.sandboxes.recycle(1)
        for _ in range(4):
            assert caller.call(tokens.access).status_code == 200
        assert caller.stack.cognito.traffic.calls["GetUser"] == asked + 1
        assert len(caller.stack.sandboxes.take_decisions()) == 8
        assert caller.stack.sandboxes.decisions() == []


def test_cognito_forgets_sessions_that_have_ended() -> None:
    """A session that lives is kept; one that was revoked long ago is one that nobody knows."""
    with running(has_hook=False, ledger=False) as caller:
        ended, alive = caller.sign_in("laptop"), caller.sign_in("phone")
        caller.revoke(ended)
        caller.clock.advance(60)
        caller.stack.cognito.forget_ended(caller.clock() - 30)
        assert caller.call(alive.access).status_code == 200
        assert caller.call(ended.access).status_code == 401
        with pytest.raises(ClientError, match="Invalid Refresh Token"):
            caller.stack.sdk.initiate_auth(
                ClientId=caller.stack.client_ids["laptop"],
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": ended.refresh},
            )


def test_old_keys_are_withdrawn_and_new_ones_stay() -> None:
    """Of the key pairs that a pool publishes the newest remain."""
    with running(ledger=False) as caller:
        keys, pool_id = caller.stack.cognito.keys, caller.stack.pool_id
        published = keys.key_set(pool_id)["keys"]
        keys.rotate(pool_id)
        keys.rotate(pool_id)
        keys.withdraw_old(pool_id, keep_pairs=2)
        names = [key["kid"] for key in keys.key_set(pool_id)["keys"]]
        assert len(names) == 4
        assert not set(names) & {key["kid"] for key in published}
        assert keys.signing_key(pool_id, "access").kid in names


def test_rows_that_have_expired_are_deleted() -> None:
    """As DynamoDB does with rows beyond their ``ttl``, and with ended sessions if told to."""
    with running(verdict_ttl_seconds=60, memory_ttl_seconds=5, has_hook=False) as caller:
        tokens = caller.sign_in()
        assert caller.call(tokens.access).status_code == 200
        name = session_name(caller.stack.issuer, tokens.claims["sub"], tokens.claims["origin_jti"])
        assert caller.table.expire(caller.clock()) == 0
        assert caller.table.item(name)
        assert caller.table.expire(tokens.claims["exp"] + 1) == 1
        assert not caller.table.item(name)
        caller.revoke(tokens)
        caller.clock.advance(6)
        assert caller.call(tokens.access).status_code == 401
        caller.clock.advance(60)
        assert caller.table.expire(caller.clock(), ended_before=caller.clock() - 30) == 1


def test_moto_forgets_what_it_made() -> None:
    """moto lists every version of every row; without that list only the table holds them."""
    with running(verdict_ttl_seconds=60) as caller:
        caller.call(caller.sign_in().access)
        assert Item.instances_tracked
        caller.stack.dynamodb.forget_history()
        assert not Item.instances_tracked


def test_a_renamed_key_changes_nothing_else() -> None:
    """Claims and signature stay as they were; the header names another key."""
    assert rename_key("h.p.s", "x") == "eyJraWQiOiAieCIsICJhbGciOiAiUlMyNTYifQ.p.s"
