"""The ledger does not answer: Cognito's own word, known marks, or 503. Never "no mark"."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from authorizer.errors import Reason
from authorizer.revocation.check import FoundBy, LedgerUse
from authorizer.revocation.verdict import Verdict
from authorizer.tokens import VerifiedToken
from ledger.rows import LedgerError
from tests.dynamodb import FakeDynamoDb
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import (
    DOWN,
    REFUSED_TOKEN,
    REVOKED,
    SUBJECT,
    Bench,
    id_token,
    machine_token,
    names,
    token,
)

TOKEN = token()


def throttle(table: FakeDynamoDb) -> None:
    table.failure = LedgerError("ProvisionedThroughputExceededException")


def time_out(table: FakeDynamoDb) -> None:
    table.failure = LedgerError("timed out")


def answer_in_part(table: FakeDynamoDb) -> None:
    table.is_partial = True


def hold_another_schema(table: FakeDynamoDb) -> None:
    for name in (names(TOKEN).user, names(machine_token()).user):
        table.rows[name] = {"pk": {"S": name}, "not_before": {"S": "2026-11-20"}}


FAILURES = [throttle, time_out, answer_in_part, hold_another_schema]


@pytest.mark.parametrize("fail", FAILURES)
def test_cognito_decides_alone(fail: Callable[[FakeDynamoDb], None]) -> None:
    """Without the ledger GetUser is asked, and says no as well as yes."""
    bench = Bench()
    fail(bench.table)
    found = bench.box().find(TOKEN)
    assert (found.found_by, found.ledger) == ("getuser", LedgerUse.DOWN)
    bench.issuer.ended["session-1"] = REVOKED
    assert bench.box().find(TOKEN).verdict == REVOKED


@pytest.mark.parametrize("fail", FAILURES)
@pytest.mark.parametrize("about", [id_token(), machine_token()])
def test_nobody_can_judge_id_and_machine_tokens(
    fail: Callable[[FakeDynamoDb], None], about: VerifiedToken
) -> None:
    """They get 503, neither let in nor refused, and Cognito is not asked."""
    bench = Bench()
    fail(bench.table)
    found = bench.box().find(about)
    assert (found.verdict.reason, found.ledger) == (Reason.LEDGER_UNAVAILABLE, LedgerUse.DOWN)
    assert bench.issuer.asked == 0


@pytest.mark.parametrize("fail", FAILURES)
def test_under_the_refuse_rule_nobody_is_let_in(fail: Callable[[FakeDynamoDb], None]) -> None:
    """A mark that could not be read is not taken for no mark."""
    bench = Bench(LEDGER_OUTAGE_RULE="refuse")
    fail(bench.table)
    found = bench.box().find(TOKEN)
    assert (found.verdict.reason, found.ledger) == (Reason.LEDGER_UNAVAILABLE, LedgerUse.DOWN)
    assert bench.issuer.asked == 0


def test_what_is_remembered_bridges_an_outage() -> None:
    """Rows that are still fresh need no ledger."""
    bench = Bench(LEDGER_OUTAGE_RULE="refuse")
    box = bench.box()
    box.find(TOKEN)
    throttle(bench.table)
    bench.clock.advance(4.9)
    assert box.lets_in(TOKEN)
    bench.clock.advance(0.1)
    assert box.reason(TOKEN) is Reason.LEDGER_UNAVAILABLE


@pytest.mark.parametrize("rule", ["getuser", "refuse"])
@pytest.mark.parametrize("about", [TOKEN, id_token()])
def test_known_marks_hold(rule: str, about: VerifiedToken) -> None:
    """A mark that was read does not go away, however long the ledger is away."""
    bench = Bench(LEDGER_OUTAGE_RULE=rule)
    box = bench.box()
    bench.writer.end_user_before(ISSUER, SUBJECT, NOW + 1, bench.deadline)
    assert not box.lets_in(about)
    throttle(bench.table)
    bench.clock.advance(3000)
    found = box.find(about)
    assert (found.verdict.reason, found.found_by) == (Reason.SESSION_REVOKED, FoundBy.MEMORY)
    assert found.ledger is LedgerUse.DOWN


def test_a_known_watermark_holds_for_sessions_not_seen_before() -> None:
    """The pool's and the client's marks concern everybody, seen or not."""
    bench = Bench()
    box = bench.box()
    bench.writer.end_everyone_before(ISSUER, NOW + 1, bench.deadline)
    box.find(TOKEN)
    time_out(bench.table)
    assert box.reason(token("another", subject="another")) is Reason.SESSION_REVOKED


@pytest.mark.parametrize("refusal", [REVOKED, REFUSED_TOKEN])
@pytest.mark.parametrize("rule", ["refuse", "stale"])
def test_a_known_refusal_holds(refusal: Verdict, rule: str) -> None:
    """Who was refused while the ledger was there stays refused without it, whatever came before."""
    grace = {"STALE_GRACE_SECONDS": "600"} if rule == "stale" else {}
    bench = Bench(OUTAGE_RULE=rule, LEDGER_COOLDOWN_MS="1000", **grace)
    box = bench.box()
    throttle(bench.table)
    assert box.lets_in(TOKEN)
    bench.clock.advance(2)
    # Its mark does not reach the table, so that only this sandbox knows.
    bench.table.failing_operations = frozenset({"UpdateItem"})
    bench.issuer.ended["session-1"] = refusal
    bench.clock.advance(61)
    assert not box.lets_in(TOKEN)
    bench.table.failing_operations |= {"BatchGetItem"}
    bench.issuer.failure = DOWN
    for _ in range(9):
        bench.clock.advance(10)
        found = box.find(TOKEN)
        assert (found.verdict.reason, found.found_by) == (refusal.reason, FoundBy.MEMORY)


@pytest.mark.parametrize(("seconds", "found_by"), [(9.9, FoundBy.STALE), (10, "getuser")])
def test_a_tightening_shortens_stale_verdicts(seconds: float, found_by: str) -> None:
    """What the pool's row had shortened stays short while neither it nor Cognito answers."""
    bench = Bench(OUTAGE_RULE="stale", STALE_GRACE_SECONDS="10", VERDICT_TTL_SECONDS="900")
    box = bench.box()
    bench.table.rows[names(TOKEN).pool] = {
        "pk": {"S": names(TOKEN).pool},
        "verdict_ttl_seconds": {"N": "0"},
    }
    assert box.lets_in(TOKEN)
    throttle(bench.table)
    bench.clock.advance(6)
    assert box.find(TOKEN).found_by == "getuser"
    bench.issuer.failure = DOWN
    bench.clock.advance(seconds)
    assert box.find(TOKEN).found_by == found_by


def test_one_request_in_the_cool_down_waits() -> None:
    """While the ledger is down it is tried once in LEDGER_COOLDOWN_MS, not for each request."""
    bench = Bench(LEDGER_COOLDOWN_MS="2000")
    time_out(bench.table)
    box = bench.box()
    for _ in range(10):
        box.find(TOKEN)
        bench.clock.advance(0.199)
    assert bench.table.counts["BatchGetItem"] == 1
    bench.clock.advance(0.01)
    box.find(TOKEN)
    assert bench.table.counts["BatchGetItem"] == 2


def test_the_ledger_is_used_again_after_the_cool_down() -> None:
    """A mark written in the outage is seen as soon as the ledger is asked again."""
    bench = Bench()
    box = bench.box()
    time_out(bench.table)
    assert box.lets_in(TOKEN)
    bench.table.failure = None
    bench.writer.end_user_before(ISSUER, SUBJECT, NOW + 1, bench.deadline)
    bench.clock.advance(0.999)
    assert box.find(TOKEN).ledger is LedgerUse.DOWN
    bench.clock.advance(0.001)
    assert box.reason(TOKEN) is Reason.SESSION_REVOKED


def test_both_down_is_an_outage() -> None:
    """With neither ledger nor Cognito the outage rule of Cognito's decides."""
    for rule, reason in (("refuse", Reason.ISSUER_UNREACHABLE), ("allow", None)):
        bench = Bench(OUTAGE_RULE=rule)
        time_out(bench.table)
        bench.issuer.failure = DOWN
        assert bench.box().reason(TOKEN) is reason


def test_an_unchecked_token_is_not_let_in_by_an_outage() -> None:
    """The rule for tokens that nobody can judge holds without the ledger too."""
    bench = Bench()
    time_out(bench.table)
    assert bench.box().reason(token(scope="")) is Reason.SESSION_NOT_CHECKABLE


def test_an_answer_that_got_lost_is_an_outage() -> None:
    """A write that was carried out unheard is written again, and does no harm."""
    bench = Bench(SESSION_POLICY="refuse_new", LEDGER_COOLDOWN_MS="0")
    box = bench.box()
    bench.table.loses_answers = True
    assert box.find(TOKEN).ledger is LedgerUse.DOWN
    bench.table.loses_answers = False
    bench.clock.advance(6)
    assert box.find(TOKEN).ledger is LedgerUse.READ
    assert bench.table.number(names(TOKEN).user, "version") == 1
