"""Which messages may be carried out, and how often."""

from __future__ import annotations

import pytest

from ledger.replay import Message, ReplayGuard
from ledger.rows import LedgerError, pool_name
from tests.dynamodb import TABLE, FakeDynamoDb
from transport import Deadline

ISSUER = "https://id.example.com"
NOW = 1_795_176_000
DEADLINE = Deadline(at=1.0, clock=lambda: 0.0)


def message(
    jti: str = "jti1", unsigned: bytes = b"", issuer: str = ISSUER, forget_at: int = NOW + 600
) -> Message:
    return Message(issuer, jti, forget_at, unsigned)


def begin(table: FakeDynamoDb, what: Message) -> bool:
    """As any sandbox does: none remembers anything itself."""
    return ReplayGuard(TABLE, table).begin(what, now=NOW, deadline=DEADLINE)


def finish(table: FakeDynamoDb, what: Message) -> None:
    ReplayGuard(TABLE, table).finish(what, now=NOW, deadline=DEADLINE)


def test_a_finished_message_is_refused_by_every_sandbox() -> None:
    """Once carried out, never again, also if it comes with other contents."""
    table = FakeDynamoDb()
    assert begin(table, message())
    finish(table, message())
    assert not begin(table, message())
    assert not begin(table, message(unsigned=b"other"))


def test_a_failure_half_way_can_be_repeated() -> None:
    """Begun and not finished is not carried out, however often it was begun."""
    table = FakeDynamoDb()
    assert begin(table, message())
    assert begin(table, message())


def test_what_no_signature_covers_can_not_be_changed() -> None:
    """A captured message in front of another content is refused, and the true one is not."""
    table = FakeDynamoDb()
    assert begin(table, message(unsigned=b"ada"))
    assert not begin(table, message(unsigned=b"bob"))
    assert begin(table, message(unsigned=b"ada"))


@pytest.mark.parametrize("other", [message("jti2"), message(issuer=f"{ISSUER}/")])
def test_messages_of_other_names_and_issuers_are_others(other: Message) -> None:
    """A name says something at its issuer only."""
    table = FakeDynamoDb()
    begin(table, message())
    finish(table, message())
    assert begin(table, other)


def test_the_row_lives_as_long_as_the_signature_could_be_shown() -> None:
    """DynamoDB deletes it some time after that."""
    table = FakeDynamoDb()
    begin(table, message(forget_at=NOW + 7))
    finish(table, message(forget_at=NOW + 9))
    assert table.number(message().row, "ttl") == NOW + 9
    assert table.number(message().row, "finished_at") == NOW


def test_the_row_tells_neither_jti_nor_content() -> None:
    """Both are digests, and the row is no other row's."""
    table = FakeDynamoDb()
    begin(table, message("jti-of-a-token", b"ada@example.com"))
    assert message().row.startswith(f"replay#{ISSUER}#")
    assert not set(table.rows) & {pool_name(ISSUER)}
    assert "jti-of-a-token" not in str(table.rows)
    assert "ada@" not in str(table.rows)
    assert "ada@" not in repr(message(unsigned=b"ada@example.com"))


def test_a_jti_of_any_length_has_a_row() -> None:
    """DynamoDB takes keys of 2,048 bytes, and a jti is not bounded."""
    table = FakeDynamoDb()
    assert begin(table, message("j" * 5000, issuer=f"https://{'i' * 3000}"))


def test_an_outage_is_no_answer() -> None:
    """Neither new nor known: nobody can say."""
    table = FakeDynamoDb(failure=LedgerError("down"))
    with pytest.raises(LedgerError):
        begin(table, message())
    with pytest.raises(LedgerError):
        finish(table, message())
