"""The rows a sandbox remembers: fresh for a stated time, bounded, judged by nobody here."""

from __future__ import annotations

import pytest

from authorizer.revocation.row_memory import RowMemory
from ledger.judgement import Rows
from ledger.reader import Reader
from ledger.rows import ClientRow, LedgerError, PoolRow, SessionRow, UserRow
from tests.dynamodb import TABLE
from tests.tokens import CLIENT_ID, ISSUER, NOW
from tests.unit.ledger.bench import SUBJECT, Bench, names, token

EMPTY = Rows(PoolRow(), ClientRow(), UserRow(), SessionRow())
ONE, OTHER = names(token("one")), names(token("other"))


def memory(bench: Bench, *, ttl_seconds: int = 5, max_entries: int = 2) -> RowMemory:
    return RowMemory(Reader(TABLE, bench.table), ttl_seconds=ttl_seconds, max_entries=max_entries)


def test_rows_are_fresh_for_the_ttl() -> None:
    """They are recalled until just before it is over, and not at all when it is 0."""
    bench = Bench()
    rows = memory(bench)
    assert rows.recall(ONE, NOW) is None
    assert rows.read(ONE, NOW, bench.deadline) == EMPTY
    assert rows.recall(ONE, NOW + 4.999) == EMPTY
    assert rows.recall(ONE, NOW + 5) is None
    never = memory(bench, ttl_seconds=0)
    never.read(ONE, NOW, bench.deadline)
    assert never.recall(ONE, NOW) is None


def test_a_clock_that_goes_backwards_makes_rows_worthless() -> None:
    """Rows read in the future are read again, the shared ones too."""
    bench = Bench()
    rows = memory(bench)
    rows.read(ONE, NOW, bench.deadline)
    assert rows.recall(ONE, NOW - 0.001) is None
    rows.read(ONE, NOW - 100, bench.deadline)
    assert bench.table.reads_of(ONE.pool) == 2
    assert rows.recall(ONE, NOW - 100) == EMPTY


def test_shared_rows_are_read_apart() -> None:
    """Those of pool and client are not read again for another session while they are fresh."""
    bench = Bench()
    rows = memory(bench)
    rows.read(ONE, NOW, bench.deadline)
    rows.read(OTHER, NOW + 4, bench.deadline)
    assert [bench.table.reads_of(row) for row in (ONE.pool, ONE.client)] == [1, 1]
    assert rows.recall(OTHER, NOW + 5) is None
    rows.read(ONE, NOW + 5, bench.deadline)
    assert rows.recall(OTHER, NOW + 5) == EMPTY


def test_what_was_last_known_is_known_for_long() -> None:
    """Rows that are no longer fresh are still there to be asked about marks."""
    bench = Bench()
    bench.writer.end_everyone_before(ISSUER, 1, bench.deadline)
    bench.writer.end_client_before(ISSUER, CLIENT_ID, 2, bench.deadline)
    bench.writer.end_user_before(ISSUER, SUBJECT, 3, bench.deadline)
    rows = memory(bench)
    assert rows.last_known(ONE) == EMPTY
    read = rows.read(ONE, NOW, bench.deadline)
    assert read == Rows(PoolRow(1), ClientRow(2), UserRow(not_before=3), SessionRow())
    bench.clock.advance(1_000_000)
    assert rows.last_known(ONE) == read


def test_a_failed_read_changes_nothing() -> None:
    """Neither what is known nor how fresh it is."""
    bench = Bench()
    bench.writer.end_user_before(ISSUER, SUBJECT, 3, bench.deadline)
    rows = memory(bench)
    read = rows.read(ONE, NOW, bench.deadline)
    bench.table.rows[ONE.user]["not_before"] = {"S": "?"}
    with pytest.raises(LedgerError):
        rows.read(ONE, NOW + 9, bench.deadline)
    assert rows.last_known(ONE) == read
    assert rows.recall(ONE, NOW + 9) is None


def test_the_least_recently_used_session_goes_first() -> None:
    """The number of sessions is bounded; those asked about lately stay."""
    bench = Bench()
    rows = memory(bench)
    third = names(token("third"))
    rows.read(ONE, NOW, bench.deadline)
    rows.read(OTHER, NOW, bench.deadline)
    assert rows.recall(ONE, NOW) is not None
    rows.read(third, NOW, bench.deadline)
    assert len(rows) == 2
    assert [rows.recall(names, NOW) is None for names in (ONE, OTHER, third)] == [
        False,
        True,
        False,
    ]


def test_what_was_written_is_as_old_as_what_was_read() -> None:
    """An update takes the place of a row, and does not make the others fresher."""
    bench = Bench()
    rows = memory(bench)
    rows.read(ONE, NOW, bench.deadline)
    user, session = UserRow(generation=1), SessionRow(revoked_at=1)
    rows.update_user(ONE, user)
    assert rows.last_known(ONE) == Rows(PoolRow(), ClientRow(), user, SessionRow())
    rows.update_session(ONE, session)
    assert rows.last_known(ONE) == Rows(PoolRow(), ClientRow(), user, session)
    assert rows.recall(ONE, NOW + 5) is None


def test_what_is_forgotten_is_read_again() -> None:
    """Forgetting concerns one session, and forgetting it twice does no harm."""
    bench = Bench()
    rows = memory(bench)
    rows.read(ONE, NOW, bench.deadline)
    rows.read(OTHER, NOW, bench.deadline)
    rows.forget_session(ONE)
    rows.forget_session(ONE)
    assert rows.recall(ONE, NOW) is None
    assert rows.recall(OTHER, NOW) == EMPTY
