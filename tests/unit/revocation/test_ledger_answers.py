"""A whole authorizer beside a ledger: what the gateway gets, what is logged and counted."""

from __future__ import annotations

import io
import json
from typing import Any

from authorizer.errors import Reason
from authorizer.response import Unauthorized, Unavailable
from authorizer.wiring import wire
from ledger.rows import LedgerError
from ledger.writer import Writer
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.events import rest_request
from tests.tokens import ISSUER, NOW, SessionMaker, sign
from tests.unit.ledger.bench import ENVIRONMENT
from transport import Deadline


class Bench:
    """A sandbox as in Lambda, on the fake Cognito and the table in memory."""

    def __init__(self, **environment: str) -> None:
        self.cognito = FakeCognito()
        self.table = FakeDynamoDb()
        self.writer = Writer(TABLE, self.table)
        self.clock = MovableClock(NOW)
        self.log = io.StringIO()
        self.authorizer = wire(
            ENVIRONMENT | environment,
            clock=self.clock,
            monotonic=self.clock,
            pause=self.clock.advance,
            transport=self.cognito,
            ledger_calls=self.table,
            log_stream=self.log,
        )

    @property
    def deadline(self) -> Deadline:
        return Deadline.after(10, self.clock)

    def call(self, claims: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and log line of ``GET /hello`` by a browser."""
        event = rest_request(
            f"Bearer {sign(claims)}", headers={"User-Agent": ["Mozilla/5.0 (iPhone)"]}
        )
        status = 200
        try:
            self.authorizer.handle(event, "request-1")
        except Unauthorized:
            status = 401
        except Unavailable:
            status = 503
        line: dict[str, Any] = json.loads(self.log.getvalue().splitlines()[-1])
        return status, line

    def counted(self) -> set[str]:
        """Names of the metrics of the last decision."""
        line = json.loads(self.log.getvalue().splitlines()[-1])
        return {
            metric["Name"]
            for directive in line["_aws"]["CloudWatchMetrics"]
            for metric in directive["Metrics"]
        }


def test_a_grant_says_how_it_was_found() -> None:
    """Read from the ledger, asked at Cognito; then from memory."""
    bench, session = Bench(), SessionMaker()
    status, line = bench.call(session.access())
    assert (status, line["found_by"], line["ledger"]) == (200, "getuser", "read")
    assert "Ledger_read" in bench.counted()
    status, line = bench.call(session.access())
    assert (status, line["found_by"], line["ledger"]) == (200, "memory", "memory")
    assert "Ledger_memory" in bench.counted()
    assert bench.cognito.getuser_calls == 1


def test_a_mark_answers_401() -> None:
    """A session that a mark has ended is refused, ID token and all."""
    bench, session = Bench(), SessionMaker()
    bench.writer.end_user_before(ISSUER, session.subject, NOW + 1, bench.deadline)
    for claims in (session.access(), session.identity()):
        status, line = bench.call(claims)
        assert (status, line["reason"]) == (401, Reason.SESSION_REVOKED)
    assert bench.cognito.getuser_calls == 0


def test_a_ledger_that_is_down_is_counted() -> None:
    """Cognito decides; ID and machine tokens get 503, which is no refusal."""
    bench, session = Bench(), SessionMaker()
    bench.table.failure = LedgerError("ThrottlingException")
    status, line = bench.call(session.access())
    assert (status, line["ledger"]) == (200, "down")
    assert "Ledger_down" in bench.counted()
    for claims in (session.identity(), session.machine()):
        status, line = bench.call(claims)
        assert (status, line["reason"]) == (503, Reason.LEDGER_UNAVAILABLE)
        assert {"Ledger_down", "Unavailable"} <= bench.counted()


def test_under_the_refuse_rule_everybody_gets_503() -> None:
    """Nobody is let in on a ledger that could not be read, and nobody is refused."""
    bench, session = Bench(LEDGER_OUTAGE_RULE="refuse"), SessionMaker()
    bench.table.is_partial = True
    status, line = bench.call(session.access())
    assert (status, line["reason"]) == (503, Reason.LEDGER_UNAVAILABLE)


def test_a_verdict_that_was_not_shared_is_counted() -> None:
    """The request is granted, and an operator can see that writes fail."""
    bench, session = Bench(), SessionMaker()

    def fail_the_second(operation: str) -> None:
        if operation == "UpdateItem" and bench.table.counts["UpdateItem"]:
            bench.table.failure = LedgerError("ThrottlingException")

    bench.table.before = fail_the_second
    status, line = bench.call(session.access())
    assert (status, line["ledger"]) == (200, "read")
    assert "VerdictNotShared" in bench.counted()


def test_an_eviction_is_counted_and_told() -> None:
    """The log says who lost a place to whom it says, the metric how many; the device is a word."""
    bench = Bench(SESSION_POLICY="evict_oldest")
    old = SessionMaker(signed_in_at=NOW - 10)
    new = SessionMaker(subject=old.subject)
    bench.call(old.access())
    status, line = bench.call(new.access())
    assert (status, line["evicted"]) == (200, 1)
    assert "SessionsEvicted" in bench.counted()
    bench.clock.advance(5)
    status, line = bench.call(old.access())
    assert (status, line["reason"]) == (401, Reason.SIGNED_IN_ELSEWHERE)
    assert "Mozilla" not in json.dumps(bench.table.rows)


def test_parallel_calls_of_one_page_wait_within_the_budget() -> None:
    """A lease that nobody ends costs a second, and the request is answered all the same."""
    bench, session = Bench(), SessionMaker()
    name = f"session#{ISSUER}#{session.subject}#{session.origin_jti}"
    bench.writer.take_lease(
        name, now_ms=NOW * 1000, known_ms=0, forget_at=NOW + 60, deadline=bench.deadline
    )
    started = bench.clock()
    status, _ = bench.call(session.access())
    assert status == 200
    assert bench.clock() - started < 1
