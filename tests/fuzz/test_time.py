"""No input takes the readers longer than its size explains. Ratios within one run, no seconds."""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from authorizer.errors import DecisionError
from authorizer.request import read_request, read_token
from jose.compact import UnverifiedToken
from jose.faults import JoseError
from tests.events import Event, rest_request
from tests.fuzz.targets import deadline, key_store, settings
from tests.tokens import b64

_HEADER = b64(b'{"alg":"RS256","kid":"key1"}')
_TOKEN_MAX_BYTES = settings().token_max_bytes
_KEY_SET_BYTES = 64_000
_ROUNDS = 25
#: Measured: 5 for tokens and 10 for key sets at most (lists of floats), 3 for events.
_MOST_TIMES_PLAIN = 20
#: Twice as long an input takes twice the time; a quadratic reader would take four times.
_MOST_TIMES_HALF = 3.2

_SETTINGS = settings()
_COOKIE_SETTINGS = settings(TOKEN_SOURCE="cookie:t")

#: JSON objects of about so many bytes.
_DOCUMENTS: dict[str, Callable[[int], bytes]] = {
    "floats": lambda size: b'{"a":[' + b",".join([b"1e9"] * (size // 4)) + b"]}",
    "zeros": lambda size: b'{"a":[' + b",".join([b"0"] * (size // 2)) + b"]}",
    "objects": lambda size: b'{"a":[' + b",".join([b"{}"] * (size // 3)) + b"]}",
    "nested lists": lambda size: b'{"a":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}",
    "nested objects": lambda size: b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6),
    "unclosed": lambda size: b'{"a":' + b"[" * size,
    "long integers": lambda size: b'{"a":[' + b",".join([b"9" * 4300] * (size // 4301)) + b"]}",
    "too long an integer": lambda size: b'{"a":' + b"9" * size + b"}",
    "long float": lambda size: b'{"a":0.' + b"1" * size + b"}",
    "escapes": lambda size: b'{"a":"' + b"\\ud83d" * (size // 6) + b'"}',
    "backslashes": lambda size: b'{"a":"' + b"\\\\" * (size // 2) + b'"}',
    "members": lambda size: b"{" + b",".join(b'"%d":1' % n for n in range(size // 9)) + b',"b":1}',
    "one member": lambda size: b"{" + b'"a":1,' * (size // 6) + b'"b":1}',
    "no text": lambda size: b"\xff" * size,
}


def _plain(size: int) -> bytes:
    return b'{"a":"' + b"x" * size + b'"}'


def _fastest(act: Callable[[], object]) -> float:
    """The fastest of many: what the input costs, without what the machine was busy with.

    And without collections of garbage, which ``timeit`` puts off: what they cost depends on
    everything else that the tests' process holds. And without coverage, which costs by the line.
    """
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        return min(timeit.repeat(act, number=1, repeat=_ROUNDS))
    finally:
        sys.settrace(trace)


def _parse(payload: bytes) -> Callable[[], None]:
    text = f"{_HEADER}.{b64(payload)}.AAAA"
    assert len(text) <= _TOKEN_MAX_BYTES

    def act() -> None:
        with suppress(JoseError):
            UnverifiedToken.parse(text)

    return act


def _read_keys(body: bytes) -> Callable[[], None]:
    def act() -> None:
        with suppress(JoseError):
            key_store(body).find("key1", deadline())

    return act


@pytest.mark.parametrize("kind", _DOCUMENTS)
def test_no_token_takes_much_longer_than_a_plain_one(kind: str) -> None:
    """The worst JSON in a token of the longest kind costs a few times what a plain text does."""
    size = 5900
    plain, worst = _fastest(_parse(_plain(size))), _fastest(_parse(_DOCUMENTS[kind](size)))
    assert worst < plain * _MOST_TIMES_PLAIN


@pytest.mark.parametrize("kind", _DOCUMENTS)
def test_no_key_set_takes_much_longer_than_a_plain_one(kind: str) -> None:
    """The worst JSON in a key set of the longest kind costs a few times what a plain text does."""
    plain = _fastest(_read_keys(_plain(_KEY_SET_BYTES)))
    assert _fastest(_read_keys(_DOCUMENTS[kind](_KEY_SET_BYTES))) < plain * _MOST_TIMES_PLAIN * 2


#: Events whose one hostile part has so many characters.
_EVENTS: dict[str, Callable[[int], Event]] = {
    "spaces after the scheme": lambda size: rest_request("Bearer" + " " * size),
    "a bad end after spaces": lambda size: rest_request("Bearer" + " " * size + "a!"),
    "a bad end after padding": lambda size: rest_request("Bearer a" + "=" * size + "!"),
    "a long path": lambda size: rest_request("Bearer a.b.c", path="/" + "a" * size),
    "lines in the path": lambda size: rest_request("Bearer a.b.c", path="/" + "\n" * size),
    "a long partition": lambda size: (
        rest_request("Bearer a.b.c") | {"methodArn": "arn:aws" + "-a" * (size // 2) + ":"}
    ),
    "many headers": lambda size: rest_request(headers={f"h{n}": ["x"] for n in range(size // 4)}),
    "many values": lambda size: rest_request(headers={"Authorization": ["x"] * (size // 2)}),
    "many cookies": lambda size: rest_request(headers={"Cookie": ["t=a;" * (size // 4)]}),
    "empty cookies": lambda size: rest_request(headers={"Cookie": [";" * size]}),
    "spaces in cookies": lambda size: rest_request(headers={"Cookie": [" " * size]}),
}


def _read(event: Any) -> Callable[[], None]:
    def act() -> None:
        for chosen in (_SETTINGS, _COOKIE_SETTINGS):
            with suppress(DecisionError):
                read_token(read_request(event, chosen), chosen)

    return act


@pytest.mark.parametrize("kind", _EVENTS)
def test_an_event_costs_what_its_length_says(kind: str) -> None:
    """An event with twice as much in it costs twice as much to read, not four times."""
    # Within the length that is looked at: beyond it nothing is read at all.
    half, whole = _fastest(_read(_EVENTS[kind](4000))), _fastest(_read(_EVENTS[kind](8000)))
    assert whole < half * _MOST_TIMES_HALF
