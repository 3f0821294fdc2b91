"""The hook tells the ledger, after Cognito has ended the older sessions."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from ledger.rows import Item, LedgerError, user_name
from local.clock import MovableClock
from pre_token_hook.hook import SignInRefused
from pre_token_hook.sign_out import SignOutError
from pre_token_hook.trigger import Trigger
from pre_token_hook.wiring import wire
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.tokens import ISSUER, NOW
from tests.unit.pre_token_hook.triggers import SUBJECT, Event, version_1

USER = user_name(ISSUER, SUBJECT)
ENVIRONMENT = {"LEDGER_TABLE": TABLE, "AWS_REGION": "eu-west-1", "READ_TIMEOUT_MS": "600"}

_NUMBERS = itertools.count()


class Bench:
    """One hook beside a ledger."""

    def __init__(self, sign_out: Callable[[Trigger], object] | None = None, **changes: str) -> None:
        self.table = FakeDynamoDb()
        self.clock = MovableClock(NOW)
        self.log = io.StringIO()
        self.order: list[str] = []
        self.table.before = self.order.append
        self._ends = sign_out or (lambda _trigger: None)
        self.hook = wire(
            ENVIRONMENT | changes,
            clock=self.clock,
            monotonic=self.clock,
            sign_out=self._sign_out,
            ledger_calls=self.table,
            log_stream=self.log,
            service=f"pre_token_hook-mark-{next(_NUMBERS)}",
        )

    def _sign_out(self, trigger: Trigger) -> None:
        self.order.append("sign-out")
        self._ends(trigger)

    def sign_in(self, event: Event | None = None) -> None:
        given = event or version_1()
        assert self.hook.handle(given, "request-1") is given

    @property
    def outcome(self) -> str:
        outcome: str = json.loads(self.log.getvalue().splitlines()[-1])["outcome"]
        return outcome

    @property
    def user(self) -> Item:
        return self.table.rows.get(USER, {})


def without_subject() -> Event:
    event = version_1()
    del event["request"]["userAttributes"]["sub"]
    return event


def test_the_mark_is_written_after_the_sign_out() -> None:
    """Verdicts of the new generation are those that Cognito gives after it."""
    bench = Bench()
    bench.sign_in()
    assert bench.order[0] == "sign-out"
    assert set(bench.order[1:]) == {"UpdateItem"}
    assert bench.outcome == "signed_out"


def test_what_the_mark_says() -> None:
    """Tokens issued before now, less the margin, have ended; a new generation begins."""
    bench = Bench()
    bench.clock.advance(0.999)
    bench.sign_in()
    assert bench.user == {
        "pk": {"S": USER},
        "issued_not_before": {"N": str(NOW - 15)},
        "issued_reason": {"S": "signed_in_elsewhere"},
        "generation": {"N": "1"},
    }


def test_the_margin_is_a_setting() -> None:
    """More of it catches fewer tokens."""
    bench = Bench(MARK_MARGIN_SECONDS="60")
    bench.sign_in()
    assert bench.user["issued_not_before"] == {"N": str(NOW - 60)}


def test_twice_is_once_and_a_new_generation() -> None:
    """A call that Cognito makes again moves the mark no further than its own time."""
    bench = Bench()
    bench.sign_in()
    bench.clock.advance(5)
    bench.sign_in()
    assert bench.user["issued_not_before"] == {"N": str(NOW - 10)}
    bench.clock.advance(-8)
    bench.sign_in()
    assert bench.user["issued_not_before"] == {"N": str(NOW - 10)}
    assert bench.user["generation"] == {"N": "3"}


@pytest.mark.parametrize("code", ["ThrottlingException", "timed out", "AccessDeniedException"])
def test_a_ledger_that_is_down_fails_no_sign_in(code: str) -> None:
    """The older sessions have ended at Cognito; that the ledger was not told is counted."""
    bench = Bench()
    bench.table.failure = LedgerError(code)
    bench.sign_in()
    assert bench.outcome == "signed_out_unmarked"


def test_half_a_mark_is_no_mark() -> None:
    """It counts as unmarked if the new generation could not be begun."""
    bench = Bench()
    bench.table.loses_answers = True
    bench.sign_in()
    assert bench.outcome == "signed_out_unmarked"


def test_a_user_without_subject_cannot_be_marked() -> None:
    """Nothing is written under an empty name."""
    bench = Bench()
    bench.sign_in(without_subject())
    assert bench.outcome == "signed_out_unmarked"
    assert bench.table.rows == {}


def test_time_for_the_mark_is_bounded() -> None:
    """A ledger that does not answer is given up within two time-outs, and writes are not begun."""
    bench = Bench(LEDGER_TIMEOUT_MS="200")

    def hang(_operation: str) -> None:
        bench.clock.advance(0.4)

    bench.table.before = hang
    started = bench.clock()
    bench.sign_in()
    assert bench.outcome == "signed_out_unmarked"
    assert bench.clock() - started == pytest.approx(0.4)


def test_a_sign_out_that_failed_leaves_no_mark() -> None:
    """Who was not signed out at Cognito is not marked, whichever the failure rule."""

    def fail(_trigger: Trigger) -> None:
        raise SignOutError("TooManyRequestsException")

    refusing, admitting = Bench(fail), Bench(fail, FAILURE_RULE="admit")
    with pytest.raises(SignInRefused):
        refusing.sign_in()
    admitting.sign_in()
    assert (refusing.table.rows, admitting.table.rows) == ({}, {})


@pytest.mark.parametrize(
    "event",
    [
        version_1("TokenGeneration_RefreshTokens"),
        version_1("TokenGeneration_ClientCredentials"),
        version_1("TokenGeneration_Tomorrow"),
        version_1(client="exempt"),
        version_1(groups=["exempt"]),
    ],
)
def test_who_is_not_signed_out_is_not_marked(event: Event) -> None:
    """A refresh, a machine and the exempt leave the ledger as it was."""
    bench = Bench(EXEMPT_CLIENT_IDS="exempt", EXEMPT_GROUPS="exempt")
    bench.sign_in(event)
    assert bench.order == []


def test_without_a_ledger_nobody_is_told() -> None:
    """The hook then does what it did before."""
    bench = Bench(LEDGER_TABLE="")
    bench.sign_in()
    assert bench.order == ["sign-out"]
    assert bench.outcome == "signed_out"


def test_calls_are_signed_and_direct_if_nothing_else_is_given() -> None:
    """Wired for Lambda, the hook builds its own way to the table; a refresh does not use it."""
    event: Any = version_1("TokenGeneration_RefreshTokens")
    hook = wire(ENVIRONMENT, service="pre_token_hook-mark-wired")
    assert hook.handle(event) is event
