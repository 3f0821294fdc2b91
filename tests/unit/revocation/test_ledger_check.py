"""One read per decision, or none; one question to the issuer for all sandboxes."""

from __future__ import annotations

from authorizer.revocation.check import FoundBy, LedgerUse
from tests.tokens import ISSUER, NOW
from tests.unit.ledger.bench import (
    SUBJECT,
    Bench,
    names,
    token,
)

TOKEN = token()


def test_an_unknown_session_is_asked_about_once_by_all() -> None:
    """The first sandbox asks; its memory and every other sandbox use the answer."""
    bench = Bench()
    one, other = bench.box(), bench.box()
    first = one.find(TOKEN)
    assert (first.found_by, first.ledger, first.is_shared) == ("getuser", LedgerUse.READ, True)
    assert first.asked is not None
    again = one.find(TOKEN)
    assert (again.found_by, again.ledger) == (FoundBy.MEMORY, LedgerUse.MEMORY)
    shared = other.find(TOKEN)
    assert (shared.found_by, shared.ledger) == (FoundBy.LEDGER, LedgerUse.READ)
    assert bench.issuer.asked == 1


def test_a_decision_costs_one_read() -> None:
    """However much is decided, rows are read in one call, and not at all from memory."""
    bench = Bench(SESSION_POLICY="evict_oldest", SESSION_LIMIT="3")
    box = bench.box()
    box.find(TOKEN)
    assert bench.table.counts["BatchGetItem"] == 1
    before = len(bench.table.asked)
    for _ in range(20):
        box.find(TOKEN)
    assert len(bench.table.asked) == before
    bench.clock.advance(5)
    box.find(TOKEN)
    assert bench.table.counts["BatchGetItem"] == 2


def test_shared_rows_are_read_once_in_a_memory_ttl() -> None:
    """No traffic, of however many sessions, reads the pool's or a client's row more often."""
    bench = Bench()
    boxes = [bench.box(), bench.box()]
    rows = (names(TOKEN).pool, names(TOKEN).client)
    for second in range(15):
        for number in range(7):
            for box in boxes:
                box.find(token(f"{second}.{number}", subject=str(number)))
        bench.clock.advance(1)
    assert [bench.table.reads_of(row) for row in rows] == [3 * 2, 3 * 2]


def test_a_memory_ttl_of_zero_reads_every_time() -> None:
    """A mark then bites on the next request, on an unmoved clock."""
    bench = Bench(MEMORY_TTL_SECONDS="0")
    box = bench.box()
    assert box.lets_in(TOKEN)
    bench.writer.end_user_before(ISSUER, SUBJECT, NOW + 1, bench.deadline)
    assert not box.lets_in(TOKEN)
    assert bench.table.counts["BatchGetItem"] == 2
