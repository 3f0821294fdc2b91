"""The table's schema: names of rows, and what is read from them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.names import Names
from ledger.rows import (
    ClientRow,
    LedgerError,
    Member,
    PoolRow,
    Rank,
    SessionRow,
    UserRow,
    client_name,
    cognito_issuer,
    pool_name,
    session_name,
    user_name,
)
from tests.tokens import ISSUER, POOL_ID

_CLAIM = st.text(
    st.one_of(st.sampled_from("#%:/|~@ .é"), st.characters(exclude_categories=["Cs"])), max_size=6
)
_ROW = st.one_of(
    st.tuples(st.just(pool_name), st.tuples(_CLAIM)),
    st.tuples(st.just(client_name), st.tuples(_CLAIM, _CLAIM)),
    st.tuples(st.just(user_name), st.tuples(_CLAIM, _CLAIM)),
    st.tuples(st.just(session_name), st.tuples(_CLAIM, _CLAIM, _CLAIM)),
)


@given(_ROW, _ROW)
def test_names_cannot_collide(one: Any, other: Any) -> None:
    """Two rows have one name only if they are of one kind and about the same claims."""
    (make_one, claims), (make_other, other_claims) = one, other
    is_same = make_one is make_other and claims == other_claims
    assert (make_one(*claims) == make_other(*other_claims)) is is_same


@given(_CLAIM, _CLAIM, st.sampled_from("#%/ab"))
def test_a_claim_cannot_reach_into_its_neighbour(left: str, right: str, moved: str) -> None:
    """Moving text from one claim to the next makes another name, whatever the text."""
    assert user_name(left + moved, right) != user_name(left, moved + right)


def test_the_names_of_a_token() -> None:
    """The four rows of a token are named by issuer, client, subject and session."""
    names = Names("https://issuer/p", "client", "sub", "a#b")
    assert (names.pool, names.client, names.user, names.session) == (
        "pool#https://issuer/p",
        "client#https://issuer/p#client",
        "user#https://issuer/p#sub",
        "session#https://issuer/p#sub#a%23b",
    )


def test_names_are_worked_out_once() -> None:
    """A name that was asked for is held, and the value stays what it was."""
    names, same = (Names("i", "c", "s", "o") for _ in range(2))
    for name in ("pool", "client", "user", "session"):
        assert getattr(names, name) is getattr(names, name)
        with pytest.raises(FrozenInstanceError):
            setattr(names, name, "another")
    assert names == same
    assert hash(names) == hash(same)


def test_a_pool_has_one_name_in_the_ledger() -> None:
    """A user pool's id says its issuer, in China too."""
    assert cognito_issuer(POOL_ID) == ISSUER
    assert cognito_issuer("cn-north-1_P") == (
        "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_P"
    )


def test_an_absent_row_is_empty() -> None:
    """Of a row that does not exist nothing is set."""
    assert PoolRow.read({}) == PoolRow(not_before=0, verdict_ttl_seconds=None)
    assert ClientRow.read({}) == ClientRow(not_before=0)
    assert UserRow.read({}) == UserRow()
    assert SessionRow.read({}) == SessionRow()


def test_a_tightening_to_nothing_is_not_none() -> None:
    """A verdict TTL of 0 is a setting; an absent one is not."""
    assert PoolRow.read({"verdict_ttl_seconds": {"N": "0"}}).verdict_ttl_seconds == 0


def test_rows_are_read_whole() -> None:
    """Every attribute of the schema is read, and attributes of others are let be."""
    member = {
        "authenticated_at": {"N": "1"},
        "client_id": {"S": "client"},
        "first_seen": {"N": "2"},
        "last_seen": {"N": "3"},
        "device": {"S": "browser"},
    }
    user = UserRow.read(
        {
            "pk": {"S": "user#"},
            "not_before": {"N": "4"},
            "issued_not_before": {"N": "5"},
            "issued_reason": {"S": "signed_in_elsewhere"},
            "generation": {"N": "6"},
            "sessions": {"M": {"session": {"M": member}}},
            "floor_at": {"N": "7"},
            "floor_session": {"S": "floor"},
            "version": {"N": "8"},
            "somebody's": {"BOOL": True},
        }
    )
    assert user == UserRow(
        not_before=4,
        issued_not_before=5,
        issued_reason="signed_in_elsewhere",
        generation=6,
        sessions={"session": Member(1, "client", 2, 3, "browser")},
        floor=Rank(7, "floor"),
        version=8,
    )
    session = SessionRow.read(
        {
            "revoked_at": {"N": "1"},
            "reason": {"S": "user_disabled"},
            "checked_at_ms": {"N": "2"},
            "checked_generation": {"N": "3"},
            "asking_until_ms": {"N": "4"},
            "throttled_at_ms": {"N": "5"},
        }
    )
    assert session == SessionRow(1, "user_disabled", 2, 3, 4, 5)


_NOT_NUMBERS = [
    {"S": "1"},
    {"NULL": True},
    *({"N": text} for text in ("1.5", "x", "1_0", " 1", "+1", "\u0661", "9" * 39, "")),
    *({"N": no_text} for no_text in (None, 1, 1.5, True)),
    {},
    "1",
]


@pytest.mark.parametrize("value", _NOT_NUMBERS)
@pytest.mark.parametrize(
    ("row", "attribute"),
    [
        (PoolRow, "not_before"),
        (PoolRow, "verdict_ttl_seconds"),
        (ClientRow, "not_before"),
        (UserRow, "issued_not_before"),
        (UserRow, "generation"),
        (SessionRow, "revoked_at"),
    ],
)
def test_a_number_that_is_none_is_an_error(row: Any, attribute: str, value: Any) -> None:
    """A mark that can't be read is not taken for no mark."""
    with pytest.raises(LedgerError):
        row.read({attribute: value})


@pytest.mark.parametrize("value", [{"N": "1"}, {"NULL": True}, {"S": 1}, {}])
def test_a_text_that_is_none_is_an_error(value: Any) -> None:
    """A reason must be a text."""
    with pytest.raises(LedgerError):
        SessionRow.read({"revoked_at": {"N": "1"}, "reason": value})


@pytest.mark.parametrize(
    "value",
    [
        {"S": ""},
        {"NULL": True},
        {"M": []},
        {"M": {"s": {"S": ""}}},
        {"M": {"s": "text"}},
        {"M": {"s": {"M": []}}},
        {"M": {"s": {"M": {"last_seen": {"S": "1"}}}}},
        {"M": {"s": {"M": {"device": {"N": "1"}}}}},
    ],
)
def test_a_roster_that_is_none_is_an_error(value: Any) -> None:
    """A roster that can't be read is not taken for an empty one."""
    with pytest.raises(LedgerError):
        UserRow.read({"sessions": value})


@given(
    st.tuples(st.integers(0, 9), st.text(max_size=3)),
    st.tuples(st.integers(0, 9), st.text(max_size=3)),
)
def test_ranks_order_by_sign_in_then_name(one: tuple[int, str], other: tuple[int, str]) -> None:
    """The later sign-in is the greater; of two at one moment the greater name."""
    assert (Rank(*one) < Rank(*other)) is (one < other)
