"""The ledger's row readers: any answer of DynamoDB is rows of the schema, or a ledger error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hypothesis import event
from hypothesis import strategies as st

from ledger.dynamodb import ConditionFailedError, DynamoDb
from ledger.judgement import Rows, TokenFacts, find_mark, is_verdict_fresh
from ledger.reader import Reader
from ledger.rows import KEY, ClientRow, LedgerError, PoolRow, SessionRow, UserRow
from tests.dynamodb import TABLE
from tests.fuzz.batches import Fuzz, attempt
from tests.fuzz.json_texts import any_json, any_text, damaged, edited, numbers
from tests.fuzz.targets import deadline
from tests.tokens import NOW
from transport import Answer, Deadline
from transport.sigv4 import Credentials

_NUMBERS = st.one_of(
    st.integers().map(str),
    st.sampled_from([str(NOW), str(NOW * 1000), "-1", "1.5", "1E3", " 7", "1_0", "٣", "9" * 5000]),
    any_text,
)
_ATTRIBUTES = st.one_of(
    (_NUMBERS | numbers).map(lambda number: {"N": number}),
    any_text.map(lambda text: {"S": text}),
    any_json,
    st.dictionaries(st.sampled_from(["N", "S", "M", "L", "NULL", "BOOL"]), any_json, max_size=2),
)
_MEMBER = {
    "authenticated_at": {"N": str(NOW)},
    "client_id": {"S": "client1web"},
    "first_seen": {"N": str(NOW)},
    "last_seen": {"N": str(NOW)},
    "device": {"S": "ios"},
}
_ODD_MEMBERS = _ATTRIBUTES | st.dictionaries(
    st.sampled_from(sorted(_MEMBER)), _ATTRIBUTES, max_size=1
).map(lambda odd: {"M": _MEMBER | odd})
_MEMBERS = st.integers(0, 7).flatmap(lambda odd: st.just({"M": _MEMBER}) if odd else _ODD_MEMBERS)
_ROSTER = st.dictionaries(any_text, _MEMBERS, max_size=3).map(lambda members: {"M": members})
_NAMES = [
    "not_before",
    "verdict_ttl_seconds",
    "issued_not_before",
    "issued_reason",
    "generation",
    "floor_at",
    "floor_session",
    "version",
    "throttled_at_ms",
    "revoked_at",
    "reason",
    "checked_at_ms",
    "checked_generation",
    "asking_until_ms",
]
#: Most rows have one odd attribute at most, so that the readers come to see the others.
_ITEMS = st.builds(
    lambda right, odd, roster: {**right, **odd, **roster},
    st.dictionaries(
        st.sampled_from(sorted(set(_NAMES) - {"issued_reason", "floor_session", "reason"})),
        st.integers(0, NOW * 1000).map(lambda number: {"N": str(number)}),
    ),
    st.one_of(st.just({}), st.dictionaries(st.sampled_from(_NAMES), _ATTRIBUTES, max_size=1)),
    st.integers(0, 3)
    .flatmap(lambda odd: _ROSTER if odd else _ATTRIBUTES)
    .map(lambda roster: {"sessions": roster}),
)
_READERS = (PoolRow.read, ClientRow.read, UserRow.read, SessionRow.read)


def test_any_item_is_a_row_or_none_of_this_schema(fuzz: Fuzz[Mapping[str, Any]]) -> None:
    """A row has numbers and texts where it says so, and means something for any token."""

    def holds(item: Mapping[str, Any]) -> None:
        rows = []
        for read in _READERS:
            try:
                rows.append(read(item))
            except LedgerError:
                event("not of this schema")
                return
        pool, client, user, session = rows
        assert isinstance(pool, PoolRow)
        assert isinstance(client, ClientRow)
        assert isinstance(user, UserRow)
        assert isinstance(session, SessionRow)
        event("with a roster" if user.sessions else "read")
        _check_types(asdict(user) | asdict(session) | asdict(client) | asdict(pool))
        together = Rows(pool, client, user, session)
        mark = find_mark(together, TokenFacts(NOW, NOW))
        assert mark is not None or pool.not_before <= NOW
        is_verdict_fresh(together, now_ms=NOW * 1000, ttl_seconds=60)

    fuzz(_ITEMS, holds)


_PAGE = {"Responses": {TABLE: [{KEY: {"S": "user"}, "generation": {"N": "1"}}, {KEY: {"S": "x"}}]}}
_BODIES = st.one_of(
    st.binary(max_size=60),
    edited(json.dumps(_PAGE).encode()),
    damaged(_PAGE),
    st.lists(
        st.one_of(any_json, st.dictionaries(st.just(KEY), _ATTRIBUTES), _ITEMS), max_size=3
    ).map(lambda items: json.dumps({"Responses": {TABLE: items}}).encode()),
    any_json.map(lambda held: json.dumps({"Responses": held}).encode()),
    any_json.map(lambda left: json.dumps(_PAGE | {"UnprocessedKeys": left}).encode()),
    any_json.map(lambda code: json.dumps({"__type": code}).encode()),
)


class _Served:
    """A DynamoDB that answers one thing."""

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = Answer(status, body)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        """See :class:`transport.Transport`."""
        return self._answer


def test_any_answer_is_all_the_rows_or_an_error(fuzz: Fuzz[tuple[int, bytes]]) -> None:
    """Whatever DynamoDB serves, every row that was asked for is there, or none."""

    def holds(drawn: tuple[int, bytes]) -> None:
        calls = DynamoDb(
            "eu-west-1",
            "https://dynamodb.eu-west-1.amazonaws.com",
            credentials=lambda: Credentials("key", "secret"),
            transport=_Served(*drawn),
            clock=lambda: NOW,
        )
        items = attempt(
            lambda: Reader(TABLE, calls).read(["user", "session"], deadline()),
            LedgerError,
            ConditionFailedError,
        )
        if isinstance(items, Exception):
            event(type(items).__name__)
            return
        event("read")
        assert set(items) == {"user", "session"}
        assert all(isinstance(item, dict) for item in items.values())

    fuzz(st.tuples(st.sampled_from([200, 200, 200, 400, 500]), _BODIES), holds)


def _check_types(row: Mapping[str, Any]) -> None:
    texts = {"issued_reason", "reason", "session_id", "client_id", "device"}
    for name, value in row.items():
        if name == "sessions":
            for member in value.values():
                _check_types(member)
        elif name == "floor":
            _check_types(value)
        elif name in texts:
            assert type(value) is str, name
        else:
            assert value is None or type(value) is int, name
