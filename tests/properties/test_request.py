"""Whatever the gateway hands over gets a catalogued answer, and no Allow without a credential."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from authorizer.errors import ANSWERS, Reason
from tests.events import Event, http_v1, http_v2, rest_request, rest_token, websocket_connect
from tests.sandbox import Sandbox, Seen, new_token
from tests.tokens import b64

_JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["TOKEN", "REQUEST", "1.0", "2.0", "Bearer x.y.z", "authorization"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
_SOURCES = ["authorization", "cookie:token", "query:token"]
_FORGED = "Bearer " + ".".join([b64(b'{"alg":"none"}'), b64(b"{}"), "AAAA"])


@cache
def _box(source: str, form: str) -> Sandbox:
    return Sandbox({"TOKEN_SOURCE": source, "HTTP_API_RESPONSE": form})


def _send(event: Any, source: str, form: str) -> Seen:
    box = _box(source, form)
    box.log.seek(0)
    box.log.truncate(0)
    return box.send(event)


def _shapes(credential: str) -> list[Event]:
    token = credential.removeprefix("Bearer ")
    return [
        rest_request(credential, query={"token": [token]}, headers={"Cookie": [f"token={token}"]}),
        rest_token(credential),
        http_v1(credential),
        http_v2(credential, cookies=[f"token={token}"], query={"token": token}),
        websocket_connect(credential, token=token),
    ]


_MEMBERS = sorted({name for event in _shapes(_FORGED) for name in event})


@settings(max_examples=100)
@given(_JSON, st.sampled_from(_SOURCES), st.sampled_from(["iam", "simple"]))
def test_any_json_as_event_is_answered(event: Any, source: str, form: str) -> None:
    """An event of any content gets a catalogued reason and no Allow."""
    seen = _send(event, source, form)
    assert seen.reason is not None
    assert seen.status == ANSWERS[Reason(seen.reason)].status
    assert seen.answer is None or seen.answer == {"errorMessage": "Unauthorized"}


@settings(max_examples=200)
@given(
    st.integers(min_value=0, max_value=4),
    st.dictionaries(st.sampled_from(_MEMBERS), _JSON, max_size=4),
    st.frozensets(st.sampled_from(_MEMBERS), max_size=3),
    st.sampled_from(_SOURCES),
    st.sampled_from(["iam", "simple"]),
)
def test_a_damaged_event_is_answered(
    shape: int, replaced: dict[str, Any], removed: frozenset[str], source: str, form: str
) -> None:
    """An event of the right shape with any member damaged gets a catalogued reason, no Allow."""
    event = _shapes(_FORGED)[shape] | replaced
    for name in removed:
        event.pop(name, None)
    seen = _send(event, source, form)
    assert seen.reason is not None
    assert seen.status == ANSWERS[Reason(seen.reason)].status
    assert seen.answer is None or seen.answer == {"errorMessage": "Unauthorized"}


@settings(max_examples=100)
@given(
    st.integers(min_value=0, max_value=4),
    st.dictionaries(
        st.sampled_from(sorted(set(_MEMBERS) - {"methodArn", "routeArn"})), _JSON, max_size=3
    ),
    st.sampled_from(_SOURCES),
)
def test_a_good_credential_in_a_damaged_event_is_decided(
    shape: int, replaced: dict[str, Any], source: str
) -> None:
    """With a good token in it a damaged event is granted or refused, but never a fault of ours."""
    seen = _send(_shapes(f"Bearer {new_token()}")[shape] | replaced, source, "iam")
    assert seen.reason != Reason.INTERNAL_FAULT
    if seen.reason is not None:
        assert seen.status == ANSWERS[Reason(seen.reason)].status
    else:
        assert seen.answer is not None
        assert json.dumps(seen.answer)


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(["Bearer a.b.c", "", " ", "x", "Basic eA=="]), max_size=4),
    st.lists(
        st.sampled_from(["Authorization", "authorization", "AUTHORIZATION", "X-Authorization"]),
        min_size=1,
        max_size=3,
        unique=True,
    ),
)
def test_more_than_one_value_is_never_read(values: list[str], names: list[str]) -> None:
    """Two values of the header, however they are spread over its spellings, are ambiguous."""
    event = rest_request() | {"multiValueHeaders": dict.fromkeys(names, values), "headers": {}}
    counted = len([name for name in names if not name.startswith("X")]) * len(
        [value for value in values if value.strip()]
    )
    seen = _send(event, "authorization", "iam")
    expected = {0: Reason.TOKEN_MISSING, 1: Reason.TOKEN_MALFORMED}
    assert seen.reason == expected.get(counted, Reason.TOKEN_AMBIGUOUS)
