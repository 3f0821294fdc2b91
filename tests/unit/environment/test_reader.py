"""Typed settings from an environment, every problem at once."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment import EnvironmentReader, SettingsError


class Colour(StrEnum):
    """Something to choose from."""

    RED = "red"
    GREEN = "green"


def _problems(reader: EnvironmentReader) -> tuple[str, ...]:
    try:
        reader.finish()
    except SettingsError as error:
        return error.problems
    return ()


def _reader(value: str | None) -> EnvironmentReader:
    return EnvironmentReader({} if value is None else {"NAME": value})


def _integer(reader: EnvironmentReader) -> int:
    return reader.integer("NAME", default=7, minimum=5, maximum=10)


@pytest.mark.parametrize("value", [None, "", " ", "\t\n"])
def test_absent_and_empty_mean_the_default(value: str | None) -> None:
    """A variable that is absent and one of white space only mean the same: the default."""
    read = _reader(value)
    assert read.text("NAME") == ""
    assert read.text("NAME", "default") == "default"
    assert _integer(read) == 7
    assert read.choice("NAME", Colour, default=Colour.GREEN) is Colour.GREEN
    assert read.label("NAME", default="some") == "some"
    assert read.names("NAME") == frozenset()
    assert read.names("NAME", default=("a", "b")) == {"a", "b"}
    assert read.https_url("NAME") is None
    assert read.loopback_url("NAME") is None
    assert _problems(read) == ()


def test_text_loses_its_surrounding_white_space() -> None:
    """White space around a value is a slip of the pen; within, it stays."""
    assert _reader(" a  b\n").text("NAME", "default") == "a  b"


@pytest.mark.parametrize(("value", "number"), [("5", 5), ("10", 10), (" 6 ", 6), ("007", 7)])
def test_integers_within_the_limits(value: str, number: int) -> None:
    """The smallest and the greatest number are taken."""
    read = _reader(value)
    assert _integer(read) == number
    assert _problems(read) == ()


@pytest.mark.parametrize("value", ["4", "11", "0", "999999999999"])
def test_integers_beyond_the_limits(value: str) -> None:
    """A number just beyond the limits is a problem that names them, and the number."""
    read = _reader(value)
    assert _integer(read) == 7
    assert _problems(read) == (f"NAME: must be 5 to 10, is {value}",)


@pytest.mark.parametrize(
    "value",
    [
        "+6",
        "-6",
        "6.0",
        "6e0",
        "0x6",
        "1_0",
        "6s",
        "six",
        "\u0666",
        "\u00b2",
        "6 6",
        "1" * 13,
        "\0",
    ],
)
def test_what_is_no_integer(value: str) -> None:
    """A whole number is written in plain digits: a unit, a sign or another script is a problem."""
    read = _reader(value)
    assert _integer(read) == 7
    assert _problems(read) == ("NAME: must be a whole number written in digits",)


def test_choices() -> None:
    """A choice is one of the values, letter by letter; another is a problem that lists them."""
    read = _reader("green")
    assert read.choice("NAME", Colour, default=Colour.RED) is Colour.GREEN
    assert _problems(read) == ()
    for value in ("GREEN", "blue", "RED", "red,green"):
        wrong = _reader(value)
        assert wrong.choice("NAME", Colour, default=Colour.RED) is Colour.RED
        assert _problems(wrong) == ("NAME: must be one of: red, green",)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("a", {"a"}),
        ("a,b", {"a", "b"}),
        (" a , b ", {"a", "b"}),
        ("a,a", {"a"}),
        ("\u00fc", {"\u00fc"}),
    ],
)
def test_names(value: str, names: set[str]) -> None:
    """Names are separated by commas, with white space around them or not."""
    read = _reader(value)
    assert read.names("NAME") == names
    assert _problems(read) == ()


@pytest.mark.parametrize("value", [",", "a,", ",a", "a,,b", "a b", "a,b c", "a\tb", "a, ,b"])
def test_what_are_no_names(value: str) -> None:
    """An empty name or a white space inside one is a problem, and the default stands in."""
    read = _reader(value)
    assert read.names("NAME", default=("z",)) == {"z"}
    assert _problems(read) == (
        "NAME: must be names separated by single commas, without white space",
    )


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("https://example.com/a/b", "https://example.com/a/b"),
        ("https://example.com:65535/a", "https://example.com:65535/a"),
        ("https://[::1]:1/a", "https://[::1]:1/a"),
    ],
)
def test_https_addresses(value: str, url: str) -> None:
    """An address has a host, perhaps a port and a path, and no slash at its end."""
    read = _reader(value)
    assert read.https_url("NAME") == url
    assert _problems(read) == ()


_NO_PLAIN_ADDRESSES = [
    "{}://",
    "{}:localhost",
    "{}:///a",
    "//localhost",
    "localhost",
    "{}://user@localhost",
    "{}://user:secret@localhost",
    "{}://:secret@localhost",
    "{}://@localhost",
    "{}://localhost?",
    "{}://localhost?a=b",
    "{}://localhost#",
    "{}://localhost#a",
    "{}://localhost:0",
    "{}://localhost:65536",
    "{}://localhost:a",
    "{}://localhost:-1",
    "{}://local host",
    "{}://local\nhost",
    "{}://local\thost",
    "{}://local\x7fhost",
    "{}://l\u00f6calhost",
    "{}://[::1",
    "{}://[localhost]",
    "file://localhost/etc/passwd",
    "ftp://localhost",
]


@pytest.mark.parametrize("value", [*_NO_PLAIN_ADDRESSES, "http://example.com"])
def test_what_is_no_https_address(value: str) -> None:
    """An address with a user, a query, an odd character or another scheme is a problem."""
    read = _reader(value.format("https"))
    assert read.https_url("NAME") is None
    assert _problems(read) == ("NAME: must be an https:// address without user, query or fragment",)


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("http://localhost", "http://localhost"),
        ("http://localhost:5000/", "http://localhost:5000"),
        ("http://LOCALHOST:5000", "http://LOCALHOST:5000"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_loopback_addresses(value: str, url: str) -> None:
    """The local endpoint is plain HTTP on this very machine."""
    read = _reader(value)
    assert read.loopback_url("NAME") == url
    assert _problems(read) == ()


@pytest.mark.parametrize(
    "value",
    [
        *_NO_PLAIN_ADDRESSES,
        "https://localhost",
        "http://example.com",
        "http://localhost.example.com",
        "http://localhost.",
        "http://127.0.0.1.example.com",
        "http://127.0.0.2",
        "http://0.0.0.0",
        "http://0x7f000001",
        "http://2130706433",
        "http://10.0.0.1",
        "http://169.254.169.254",
        "http://[::ffff:127.0.0.1]",
        "http://localhost\\@example.com",
        "http://localhost\\.example.com",
        "http://localhost%2eexample.com",
        "http://example.com/localhost",
    ],
)
def test_what_is_no_loopback_address(value: str) -> None:
    """Nothing that could be another machine is taken for this one, in any spelling."""
    read = _reader(value.format("http"))
    assert read.loopback_url("NAME") is None
    assert _problems(read) == (
        "NAME: must be an http:// address of this machine: localhost or 127.0.0.1",
    )


def test_every_problem_is_reported_at_once() -> None:
    """Reading goes on after a problem, and all are raised together, in order."""
    read = EnvironmentReader({"A": "x", "B": "blue", "C": ",", "D": "d", "E": "e"})
    read.integer("A", default=0, minimum=0, maximum=1)
    read.choice("B", Colour, default=Colour.RED)
    read.names("C")
    read.https_url("D")
    read.loopback_url("E")
    read.problem("F", "is wrong in its own way")
    with pytest.raises(SettingsError) as raised:
        read.finish()
    problems = raised.value.problems
    assert [problem[:2] for problem in problems] == ["A:", "B:", "C:", "D:", "E:", "F:"]
    assert problems[-1] == "F: is wrong in its own way"
    assert str(raised.value) == "settings cannot be used:\n" + "\n".join(
        f"  - {problem}" for problem in problems
    )


def test_no_problem_is_no_error() -> None:
    """With nothing wrong ``finish`` lets the start-up go on."""
    EnvironmentReader({}).finish()


_READINGS: list[Callable[[EnvironmentReader], Any]] = [
    _integer,
    lambda read: read.choice("NAME", Colour, default=Colour.RED),
    lambda read: read.names("NAME"),
    lambda read: read.https_url("NAME"),
    lambda read: read.loopback_url("NAME"),
]


@given(st.text(), st.sampled_from(_READINGS))
def test_any_text_is_a_value_or_a_problem(
    text: str, reading: Callable[[EnvironmentReader], Any]
) -> None:
    """Whatever stands in a variable is read or reported by the variable's name, never raised."""
    read = EnvironmentReader({"NAME": text})
    reading(read)
    assert all(problem.startswith("NAME: must be ") for problem in _problems(read))


@pytest.mark.parametrize("value", ["a", "-", "blue-2_b", "x" * 64])
def test_labels(value: str) -> None:
    """A label is up to 64 letters, digits, hyphens and underscores."""
    read = _reader(value)
    assert read.label("NAME", default="some") == value
    assert _problems(read) == ()


@pytest.mark.parametrize("value", ["x" * 65, "a b", "a.b", "a/b", "ä", "٣", 'a"b', "a\nb"])
def test_other_texts_are_no_labels(value: str) -> None:
    """One character more, or any other character, is a problem, and the default stands in."""
    read = _reader(value)
    assert read.label("NAME", default="some") == "some"
    assert len(_problems(read)) == 1
