"""No input takes the readers longer than its size explains. Ratios within one run, no seconds."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from authorizer.errors import DecisionError
from authorizer.policy import RouteRule
from authorizer.request import read_request, read_token
from jose.compact import UnverifiedToken
from jose.faults import JoseError
from tests.events import Event, rest_request
from tests.fuzz.targets import deadline, key_store, settings
from tests.fuzz.timing import takes_longer
from tests.tokens import b64

_HEADER = b64(b'{"alg":"RS256","kid":"key1"}')
_TOKEN_MAX_BYTES = settings().token_max_bytes
_KEY_SET_BYTES = 64_000
#: Measured: 5 for tokens and 10 for key sets at most (lists of floats).
_MOST_TIMES_PLAIN = 20
#: An input eight times as long takes eight times the time at most; a quadratic reader would take
#: 64 times.
_LONGER = 8
_MOST_TIMES_SHORTER = 20

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
    plain, worst = _parse(_plain(size)), _parse(_DOCUMENTS[kind](size))
    assert not takes_longer(worst, plain, times=_MOST_TIMES_PLAIN)


@pytest.mark.parametrize("kind", _DOCUMENTS)
def test_no_key_set_takes_much_longer_than_a_plain_one(kind: str) -> None:
    """The worst JSON in a key set of the longest kind costs a few times what a plain text does."""
    plain = _read_keys(_plain(_KEY_SET_BYTES))
    worst = _read_keys(_DOCUMENTS[kind](_KEY_SET_BYTES))
    assert not takes_longer(worst, plain, times=_MOST_TIMES_PLAIN * 2)


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
    """What is eight times as long in an event costs some eight times as much to read, not 64."""
    # Within the length that is looked at: beyond it nothing is read at all.
    size = 8000
    shorter, longer = _read(_EVENTS[kind](size // _LONGER)), _read(_EVENTS[kind](size))
    assert not takes_longer(longer, shorter, times=_MOST_TIMES_SHORTER)


def test_a_long_path_is_matched_in_time_linear_in_it() -> None:
    """A path costs a rule what its length says, however many wildcards the rule has."""
    rule = RouteRule("GET /*/*/*/x", any_scope=frozenset({"a"}))
    size = 1500

    def match(slashes: int) -> Callable[[], object]:
        path = "GET" + "/" * slashes
        return lambda: rule.matches(path)

    assert not takes_longer(match(size), match(size // _LONGER), times=_MOST_TIMES_SHORTER)


def test_a_quadratic_reader_is_found() -> None:
    """A reader that goes back at each character is found by the same measure."""
    pattern = re.compile(r"a*b")

    def search(size: int) -> Callable[[], object]:
        text = "a" * size
        return lambda: pattern.search(text)

    assert takes_longer(search(2000), search(2000 // _LONGER), times=_MOST_TIMES_SHORTER)
