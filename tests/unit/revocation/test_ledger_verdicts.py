"""Shared verdicts: how long they are used, what ends them, and outages of the issuer."""

from __future__ import annotations

import pytest

from authorizer.errors import Reason
from authorizer.revocation.check import FoundBy, LedgerUse
from authorizer.revocation.verdict import Concerns, Verdict
from ledger.rows import LedgerError
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import (
    DOWN,
    REFUSED_TOKEN,
    REVOKED,
    SUBJECT,
    Bench,
    names,
    token,
)

TOKEN = token()


def test_a_rejection_of_the_session_is_a_mark_for_all() -> None:
    """What the issuer says of a session is written for as long as a token of it may live."""
    bench = Bench()
    bench.issuer.ended["session-1"] = Verdict.rejected(Reason.USER_DISABLED, Concerns.SESSION)
    one, other = bench.box(), bench.box()
    assert one.reason(TOKEN) is Reason.USER_DISABLED
    assert other.reason(token(name="refreshed")) is Reason.USER_DISABLED
    assert one.find(TOKEN).found_by == FoundBy.MEMORY
    assert bench.issuer.asked == 1
    bench.table.expire(NOW + 86_399)
    assert bench.box().reason(TOKEN) is Reason.USER_DISABLED


def test_a_refused_token_does_not_condemn_its_session() -> None:
    """What is said of one token is remembered for it, here, and for no other token."""
    bench = Bench()
    bench.issuer.failure = REFUSED_TOKEN
    box = bench.box()
    assert box.reason(TOKEN) is Reason.REFUSED_BY_ISSUER
    bench.issuer.failure = None
    bench.clock.advance(2)
    assert box.lets_in(token(name="refreshed"))
    assert box.reason(TOKEN) is Reason.REFUSED_BY_ISSUER
    bench.clock.advance(6)
    assert box.reason(TOKEN) is Reason.REFUSED_BY_ISSUER
    assert bench.issuer.asked == 2


def test_a_verdict_ttl_of_zero_asks_and_shares_nothing() -> None:
    """Every decision asks, nobody waits for another's answer, and no verdict is written."""
    bench = Bench(VERDICT_TTL_SECONDS="0", MEMORY_TTL_SECONDS="0")
    one, other = bench.box(), bench.box()
    for box in (one, one, other):
        assert box.lets_in(TOKEN)
    assert bench.issuer.asked == 3
    assert bench.table.counts["UpdateItem"] == 0
    bench.issuer.ended["session-1"] = REVOKED
    assert not one.lets_in(TOKEN)


def test_a_verdict_dies_with_its_ttl() -> None:
    """What Cognito alone knows bites when verdict and memory are over, at latest."""
    bench = Bench()
    box = bench.box()
    box.find(TOKEN)
    bench.issuer.ended["session-1"] = REVOKED
    bench.clock.advance(59.9)
    assert box.lets_in(TOKEN)
    bench.clock.advance(4.9)
    assert box.lets_in(TOKEN)
    bench.clock.advance(0.2)
    assert box.reason(TOKEN) is Reason.SESSION_REVOKED


def test_live_tightening_only_tightens() -> None:
    """A TTL in the pool's row shortens verdicts within the memory TTL, and lengthens none."""
    bench = Bench()
    box = bench.box()
    for seconds, found_by in ((3600, FoundBy.LEDGER), (8, "getuser"), (-1, "getuser")):
        bench.writer.tighten_verdicts(ISSUER, seconds, bench.deadline)
        bench.table.rows.pop(names(TOKEN).session, None)
        bench.clock.advance(100)
        box.find(TOKEN)
        bench.clock.advance(59)
        assert box.find(TOKEN).found_by == found_by
    bench.writer.tighten_verdicts(ISSUER, 3600, bench.deadline)
    bench.clock.advance(60)
    assert box.find(TOKEN).found_by == "getuser"
    bench.writer.tighten_verdicts(ISSUER, None, bench.deadline)
    bench.clock.advance(59)
    assert box.find(TOKEN).found_by == FoundBy.LEDGER


def test_a_tightening_bites_within_the_memory_ttl() -> None:
    """A verdict that was remembered under the old TTL is given up under the new one."""
    bench = Bench()
    box = bench.box()
    box.find(TOKEN)
    bench.clock.advance(20)
    assert box.find(TOKEN).found_by == FoundBy.LEDGER
    bench.writer.tighten_verdicts(ISSUER, 10, bench.deadline)
    bench.clock.advance(4.9)
    assert box.find(TOKEN).found_by == FoundBy.MEMORY
    bench.clock.advance(0.1)
    assert box.find(TOKEN).found_by == "getuser"


def test_a_verdict_that_cannot_be_shared_is_counted_and_holds_here() -> None:
    """The others must ask themselves; the caller does not suffer."""
    bench = Bench(LEDGER_COOLDOWN_MS="0")
    box = bench.box()

    def fail_now() -> None:
        bench.table.failure = LedgerError("ThrottlingException")

    bench.issuer.before = fail_now
    found = box.find(TOKEN)
    assert (found.found_by, found.is_shared, found.ledger) == ("getuser", False, LedgerUse.READ)
    assert box.find(TOKEN).found_by == FoundBy.MEMORY


def test_a_rejection_that_cannot_be_shared_holds_here() -> None:
    """The mark that could not be written is known to this sandbox."""
    bench = Bench()
    box = bench.box()
    bench.issuer.ended["session-1"] = REVOKED

    def fail_now() -> None:
        bench.table.failure = LedgerError("ThrottlingException")

    bench.issuer.before = fail_now
    found = box.find(TOKEN)
    assert (found.verdict, found.is_shared) == (REVOKED, False)
    assert box.find(TOKEN).found_by == FoundBy.MEMORY


@pytest.mark.parametrize(
    ("rule", "found_by", "reason"),
    [
        ("refuse", "getuser", Reason.ISSUER_UNREACHABLE),
        ("allow", FoundBy.OUTAGE_RULE, None),
        ("stale", "getuser", Reason.ISSUER_UNREACHABLE),
    ],
)
def test_an_outage_of_the_issuer(rule: str, found_by: str, reason: Reason | None) -> None:
    """The outage rule decides, and what it decides is not remembered."""
    grace = {"STALE_GRACE_SECONDS": "30"} if rule == "stale" else {}
    bench = Bench(OUTAGE_RULE=rule, **grace)
    bench.issuer.failure = DOWN
    box = bench.box()
    found = box.find(TOKEN)
    assert (found.found_by, found.verdict.reason) == (found_by, reason)
    bench.issuer.failure = None
    bench.clock.advance(2)
    assert box.find(TOKEN).found_by == "getuser"


def test_a_stale_verdict_is_served_for_the_grace() -> None:
    """Any sandbox serves the last shared verdict while Cognito is down, so long and no longer."""
    bench = Bench(OUTAGE_RULE="stale", STALE_GRACE_SECONDS="30")
    bench.box().find(TOKEN)
    bench.issuer.failure = DOWN
    bench.clock.advance(89.9)
    assert bench.box().find(TOKEN).found_by == FoundBy.STALE
    bench.clock.advance(0.1)
    assert bench.box().reason(TOKEN) is Reason.ISSUER_UNREACHABLE


def test_who_was_refused_in_one_sandbox_is_not_served_stale_in_another() -> None:
    """A refusal of one token stands in no row, but takes the yes of before away from all."""
    bench = Bench(OUTAGE_RULE="stale", STALE_GRACE_SECONDS="30")
    one, other = bench.box(), bench.box()
    assert one.lets_in(TOKEN)
    bench.clock.advance(61)
    bench.issuer.failure = REFUSED_TOKEN
    assert one.reason(TOKEN) is Reason.REFUSED_BY_ISSUER
    bench.issuer.failure = DOWN
    assert other.reason(TOKEN) is Reason.ISSUER_UNREACHABLE


def test_a_void_verdict_is_not_served_stale() -> None:
    """A new generation ends the grace as well."""
    bench = Bench(OUTAGE_RULE="stale", STALE_GRACE_SECONDS="30")
    bench.box().find(TOKEN)
    bench.writer.void_verdicts(ISSUER, SUBJECT, bench.deadline)
    bench.issuer.failure = DOWN
    bench.clock.advance(61)
    assert bench.box().reason(TOKEN) is Reason.ISSUER_UNREACHABLE


def test_a_verdict_is_as_old_as_its_question() -> None:
    """What Cognito takes to answer counts: it may have looked at the session at once."""
    bench = Bench()
    bench.issuer.before = lambda: bench.clock.advance(1)
    box = bench.box()
    box.find(TOKEN)
    bench.clock.advance(58.9)
    assert box.find(TOKEN).found_by == FoundBy.LEDGER
    bench.clock.advance(0.1)
    assert bench.box().find(TOKEN).found_by == "getuser"
