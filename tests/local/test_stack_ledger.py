"""The stack with its ledger: what is asked, what is shared, and what happens without it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.roster import SessionPolicy
from local.dynamodb import EVERYTHING
from local.gateway.config import Flavour
from local.ledger import write_deadline
from local.product_api import EXPLAINING_GATEWAY_RESPONSES
from tests.local.stack_bench import Caller, running


def roster(policy: SessionPolicy, **settings: Any) -> dict[str, Any]:
    """A limit of two sessions, and no hook."""
    limit = {"has_hook": False, "session_policy": policy, "session_limit": 2}
    return limit | settings


def sign_in_everywhere(caller: Caller) -> list[str]:
    """Access tokens of laptop, phone and tablet, a minute apart, each seen once."""
    tokens = []
    for device in ("laptop", "phone", "tablet"):
        caller.clock.advance(60)
        tokens.append(caller.sign_in(device).access)
        caller.call(tokens[-1])
    return tokens


def test_without_a_ledger_nothing_asks_dynamodb() -> None:
    """Neither authorizer nor hook makes a request, and there is no feed."""
    with running(ledger=False, verdict_ttl_seconds=30) as caller:
        assert caller.call(caller.sign_in().access).status_code == 200
        assert (caller.stack.table, caller.stack.feed, caller.stack.bus) == (None, None, None)
        assert sum(caller.stack.dynamodb.calls.values()) == 0


def test_one_read_per_decision_and_none_from_memory() -> None:
    """Within the memory TTL nothing is read; after it, once."""
    with running(verdict_ttl_seconds=30, memory_ttl_seconds=5) as caller:
        tokens = caller.sign_in()
        reads = []
        for seconds in (0, 4.9, 0.1, 0):
            caller.clock.advance(seconds)
            assert caller.call(tokens.access).status_code == 200
            reads.append(caller.stack.dynamodb.calls["BatchGetItem"])
        assert reads == [1, 1, 2, 2]
        assert caller.get_user_calls() == 1


def test_fifteen_sandboxes_ask_once() -> None:
    """Fifteen first calls at once, each on a sandbox of its own, cost one GetUser."""
    with running(verdict_ttl_seconds=30, memory_ttl_seconds=5, sandboxes=15) as caller:
        token = caller.sign_in().access
        assert caller.call_at_once(*[token] * 15) == [200] * 15
        assert caller.get_user_calls() == 1


def test_a_refreshed_token_shares_the_verdict() -> None:
    """What one sandbox has asked about a session serves another for its next token."""
    with running(verdict_ttl_seconds=30, sandboxes=2) as caller:
        tokens = caller.sign_in()
        caller.call(tokens.access)
        renewed = caller.stack.sdk.initiate_auth(
            ClientId=caller.stack.client_ids["laptop"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens.refresh},
        )["AuthenticationResult"]["AccessToken"]
        assert caller.call(renewed).status_code == 200
        assert caller.get_user_calls() == 1


@pytest.mark.parametrize("knob", ["down", "throttled", "is_partial"])
@pytest.mark.parametrize(("rule", "status"), [("getuser", 200), ("refuse", 503)])
def test_a_ledger_that_does_not_answer(knob: str, rule: str, status: int) -> None:
    """Down, throttled or partial: GetUser alone decides, or nobody under the refuse rule."""
    environ = {"LEDGER_OUTAGE_RULE": rule}
    with running(verdict_ttl_seconds=30, authorizer_environ=environ) as caller:
        tokens = caller.sign_in()
        setattr(caller.stack.dynamodb, knob, True if knob == "is_partial" else {EVERYTHING})
        assert caller.call(tokens.access).status_code == status
        caller.revoke(tokens)
        caller.clock.advance(30)
        assert caller.call(tokens.access).status_code == (401 if status == 200 else 503)


def test_a_mark_that_was_read_holds_while_the_ledger_is_down() -> None:
    """An outage after a refusal lets nobody back in, though Cognito would."""
    with running() as caller:
        tokens = caller.sign_in()
        caller.clock.advance(1)
        caller.table.operator.end_user_before(
            caller.stack.issuer,
            tokens.claims["sub"],
            int(caller.clock()),
            write_deadline(),
        )
        assert caller.reason(tokens.access) == "session_revoked"
        caller.stack.dynamodb.down = {EVERYTHING}
        assert caller.reason(tokens.access) == "session_revoked"
        assert caller.get_user_calls() == 0


def test_the_hook_marks_the_user() -> None:
    """The hook's mark lies its margin before the sign-in, and begins a new generation."""
    with running() as caller:
        caller.clock.advance(60)
        tokens = caller.sign_in()
        row = caller.user_row(tokens)
        assert row["issued_not_before"] == {"N": str(tokens.claims["iat"] - 15)}
        assert row["issued_reason"] == {"S": "signed_in_elsewhere"}
        assert row["generation"] == {"N": "1"}


def test_the_hooks_mark_needs_no_verdict_to_lapse() -> None:
    """A sign-in elsewhere ends the older session at once, however long verdicts live."""
    with running(verdict_ttl_seconds=3600) as caller:
        for seconds, reason in ((10, "session_revoked"), (60, "signed_in_elsewhere")):
            laptop = caller.sign_in("laptop")
            assert caller.reason(laptop.access) == "granted"
            caller.clock.advance(seconds)
            phone = caller.sign_in("phone")
            assert caller.reason(laptop.access) == reason
            assert caller.reason(phone.access) == "granted"


def test_a_sign_in_goes_on_while_the_ledger_is_down() -> None:
    """The hook signs out at Cognito and reports that the ledger was not told."""
    with running(verdict_ttl_seconds=30) as caller:
        laptop = caller.sign_in("laptop")
        caller.call(laptop.access)
        caller.stack.dynamodb.throttled = {"UpdateItem"}
        phone = caller.sign_in("phone")
        outcomes = [line["outcome"] for line in caller.stack.hook.lines() if "outcome" in line]
        assert outcomes == ["signed_out", "signed_out_unmarked"]
        caller.stack.dynamodb.throttled = set()
        assert caller.reason(laptop.access) == "granted"
        caller.clock.advance(30)
        assert caller.reason(laptop.access) == "session_revoked"
        assert caller.reason(phone.access) == "granted"


@pytest.mark.parametrize(
    ("policy", "reasons"),
    [
        (SessionPolicy.EVICT_OLDEST, ["signed_in_elsewhere", "granted", "granted"]),
        (SessionPolicy.REFUSE_NEW, ["granted", "granted", "session_limit_reached"]),
        (SessionPolicy.NOTIFY_ONLY, ["granted", "granted", "granted"]),
        (SessionPolicy.OFF, ["granted", "granted", "granted"]),
    ],
)
def test_session_policies(policy: SessionPolicy, reasons: list[str]) -> None:
    """Of three devices with a limit of two, the policy says which is one too many."""
    with running(**roster(policy)) as caller:
        assert [caller.reason(token) for token in sign_in_everywhere(caller)] == reasons


def test_sign_ins_of_one_moment_leave_no_more_than_the_limit() -> None:
    """Six sessions of the same second, on six sandboxes at once: two are left."""
    settings = roster(SessionPolicy.EVICT_OLDEST, verdict_ttl_seconds=30, sandboxes=6)
    with running(**settings) as caller:
        tokens = [caller.sign_in(device).access for device in ("laptop", "phone", "tablet") * 2]
        caller.call_at_once(*tokens)
        statuses = [caller.call(token).status_code for token in tokens]
        assert sorted(statuses) == [200, 200, 401, 401, 401, 401]


@pytest.mark.parametrize(
    ("flavour", "form", "body"),
    [
        (Flavour.REST, "iam", {"message": "Forbidden", "reason": "signed_in_elsewhere"}),
        (Flavour.HTTP, "iam", {"message": "Forbidden"}),
        (Flavour.HTTP, "simple", {"message": "Forbidden"}),
    ],
)
def test_a_displaced_device_is_told_where_that_is_possible(
    flavour: Flavour, form: str, body: dict[str, str]
) -> None:
    """A REST API's 403 says why; an HTTP API's can't, for it has no gateway responses."""
    environ = {"DISPLACED_ANSWER": "explain", "HTTP_API_RESPONSE": form}
    settings = roster(
        SessionPolicy.EVICT_OLDEST,
        flavour=flavour,
        has_simple_responses=form == "simple",
        gateway_responses=EXPLAINING_GATEWAY_RESPONSES,
        authorizer_environ=environ,
    )
    with running(**settings) as caller:
        answer = caller.call(sign_in_everywhere(caller)[0])
    assert (answer.status_code, answer.json()) == (403, body)


def test_a_displaced_device_gets_401_by_default() -> None:
    """The challenge names the possibility, for it is the same for every 401."""
    with running(**roster(SessionPolicy.EVICT_OLDEST)) as caller:
        answer = caller.call(sign_in_everywhere(caller)[0])
    assert answer.status_code == 401
    assert "signed in elsewhere" in answer.headers["WWW-Authenticate"]


def test_a_machine_token_is_ended_by_its_clients_mark() -> None:
    """Machine tokens, where allowed, are judged by the ledger alone."""
    with running(takes_machine_tokens=True) as caller:
        stack, client_id = caller.stack, caller.stack.machine_client_id
        token = stack.cognito.machine_token(client_id, "orders/read")
        assert caller.reason(token) == "granted"
        caller.clock.advance(1)
        caller.table.operator.end_client_before(
            stack.issuer, client_id, int(caller.clock()), write_deadline()
        )
        assert caller.reason(token) == "session_revoked"
        assert caller.reason(caller.sign_in().access) == "granted"
        assert caller.reason(stack.cognito.machine_token(client_id, "orders/read")) == "granted"


def test_a_machine_token_gets_503_while_the_ledger_is_down() -> None:
    """Nobody else knows of it."""
    with running(takes_machine_tokens=True) as caller:
        stack = caller.stack
        token = stack.cognito.machine_token(stack.machine_client_id, "orders/read")
        stack.dynamodb.throttled = {"BatchGetItem"}
        assert caller.call(token).status_code == 503


@pytest.mark.parametrize(("live", "asked"), [(0, 3), (20, 2), (3600, 1)])
def test_tightening_never_loosens(live: int, asked: int) -> None:
    """The shorter of the deployed TTL (30 s) and the ledger's counts."""
    with running(verdict_ttl_seconds=30) as caller:
        tokens, operator = caller.sign_in(), caller.table.operator
        operator.tighten_verdicts(caller.stack.issuer, live, write_deadline())
        for seconds in (0, 10, 15):
            caller.clock.advance(seconds)
            caller.call(tokens.access)
        assert caller.get_user_calls() == asked


def test_a_tightening_can_be_taken_back() -> None:
    """Then the deployed TTL counts again."""
    with running(verdict_ttl_seconds=30) as caller:
        tokens, operator = caller.sign_in(), caller.table.operator
        for ttl_seconds in (0, None):
            operator.tighten_verdicts(caller.stack.issuer, ttl_seconds, write_deadline())
            caller.call(tokens.access)
        caller.clock.advance(29)
        caller.call(tokens.access)
        assert caller.get_user_calls() == 2
