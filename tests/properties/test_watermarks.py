"""Of several watermarks the maximum counts, and no mark ever lets more in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.judgement import MarkReason, Rows, TokenFacts, find_mark
from ledger.rows import ClientRow, PoolRow, SessionRow, UserRow
from ledger.writer import Writer
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.tokens import CLIENT_ID, ISSUER
from tests.unit.ledger.bench import SUBJECT, Bench, names, token
from transport import Deadline

#: Few values, near each other, so that ties and neighbours are common; and some far ones.
MOMENT = st.one_of(st.integers(0, 6), st.sampled_from([2**31, 2**53 + 1, 253_402_300_799]))
REASON = st.one_of(st.just(""), st.sampled_from(list(MarkReason)).map(str), st.text(max_size=3))
TOKEN = st.builds(TokenFacts, authenticated_at=MOMENT, issued_at=MOMENT)
ROWS = st.builds(
    Rows,
    pool=st.builds(PoolRow, not_before=MOMENT),
    client=st.builds(ClientRow, not_before=MOMENT),
    user=st.builds(UserRow, not_before=MOMENT, issued_not_before=MOMENT, issued_reason=REASON),
    session=st.builds(
        SessionRow, revoked_at=st.sampled_from([0, 0, 0, 1]), reason=REASON, checked_at_ms=MOMENT
    ),
)


@given(ROWS, TOKEN)
def test_the_maximum_counts(rows: Rows, token: TokenFacts) -> None:
    """A token is let in only if each mark, looked at alone, lets it in; and then it is."""
    alone = [
        Rows(rows.pool, ClientRow(), UserRow(), SessionRow()),
        Rows(PoolRow(), rows.client, UserRow(), SessionRow()),
        Rows(PoolRow(), ClientRow(), UserRow(not_before=rows.user.not_before), SessionRow()),
        Rows(PoolRow(), ClientRow(), replace(rows.user, not_before=0), SessionRow()),
        Rows(PoolRow(), ClientRow(), UserRow(), rows.session),
    ]
    is_let_in = find_mark(rows, token) is None
    assert is_let_in is all(find_mark(row, token) is None for row in alone)


@given(ROWS, ROWS, TOKEN)
def test_adding_a_mark_never_lets_more_in(rows: Rows, more: Rows, token: TokenFacts) -> None:
    """Whatever marks rise, who was refused before is refused after."""
    risen = Rows(
        PoolRow(max(rows.pool.not_before, more.pool.not_before)),
        ClientRow(max(rows.client.not_before, more.client.not_before)),
        UserRow(
            not_before=max(rows.user.not_before, more.user.not_before),
            issued_not_before=max(rows.user.issued_not_before, more.user.issued_not_before),
            issued_reason=more.user.issued_reason,
        ),
        rows.session if rows.session.revoked_at else more.session,
    )
    if find_mark(rows, token) is not None:
        assert find_mark(risen, token) is not None


@given(ROWS, TOKEN, st.integers(1, 9))
def test_later_is_never_worse(rows: Rows, token: TokenFacts, seconds: int) -> None:
    """A token that was signed in or issued later is refused only where the earlier one is."""
    if find_mark(rows, token) is None:
        later = TokenFacts(token.authenticated_at + seconds, token.issued_at + seconds)
        assert find_mark(rows, later) is None


_WRITES: dict[str, Any] = {
    "everyone": lambda writer, at, by: writer.end_everyone_before(ISSUER, at, by),
    "client": lambda writer, at, by: writer.end_client_before(ISSUER, CLIENT_ID, at, by),
    "user": lambda writer, at, by: writer.end_user_before(ISSUER, SUBJECT, at, by),
    "tokens": lambda writer, at, by: writer.end_tokens_issued_before(
        ISSUER, SUBJECT, at, MarkReason.SESSION_REVOKED, by
    ),
    "generation": lambda writer, _, by: writer.void_verdicts(ISSUER, SUBJECT, by),
    "tightening": lambda writer, at, by: writer.tighten_verdicts(ISSUER, at or None, by),
}
_HISTORY = st.lists(st.tuples(st.sampled_from(sorted(_WRITES)), st.integers(0, 6)), max_size=8)


@hypothesis_settings(max_examples=60)
@given(_HISTORY, st.randoms(use_true_random=False), st.integers(0, 7), st.integers(0, 7))
def test_no_order_of_writes_masks_a_mark(
    history: list[tuple[str, int]], shuffle: Any, auth_time: int, later: int
) -> None:
    """Written in any order, twice too, the marks refuse exactly whom one of them ends."""
    deadline = Deadline(1, lambda: 0)
    about = token(auth_time=auth_time, issued_at=auth_time + later)
    written = history * 2
    shuffle.shuffle(written)
    table = FakeDynamoDb()
    for kind, moment in written:
        _WRITES[kind](Writer(TABLE, table), moment, deadline)
    rows = table.rows
    row_names = names(about)
    held = Rows(
        PoolRow.read(rows.get(row_names.pool, {})),
        ClientRow.read(rows.get(row_names.client, {})),
        UserRow.read(rows.get(row_names.user, {})),
        SessionRow.read(rows.get(row_names.session, {})),
    )
    ends = any(
        (kind in {"everyone", "client", "user"} and auth_time < moment)
        or (kind == "tokens" and auth_time + later < moment)
        for kind, moment in history
    )
    found = find_mark(held, TokenFacts(about.authenticated_at, about.issued_at))
    assert (found is not None) is ends


@hypothesis_settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(sorted(_WRITES)), st.integers(-3, 3)), max_size=6))
def test_a_sandbox_never_takes_a_refusal_back(history: list[tuple[str, int]]) -> None:
    """Whatever is written while it runs, a session refused once is refused from then on."""
    bench = Bench()
    box, about = bench.box(), token()
    was_refused = False
    for kind, offset in history:
        _WRITES[kind](bench.writer, about.authenticated_at + offset, bench.deadline)
        bench.clock.advance(2.5)
        is_refused = not box.lets_in(about)
        assert is_refused or not was_refused
        was_refused = is_refused
