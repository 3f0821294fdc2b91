from __future__ import annotations

from typing import Any

import pytest

from local.aws.reading import matches


@pytest.mark.parametrize(
    ("meant", "actual"),
    [
        (30, "30"),
        (True, "true"),
        ({"SourceArn": "a"}, {"sourceArn": "a", "more": 1}),
        ([1, 2], [2, 1]),
        ([{"a": 1}, {"a": 2}], [{"a": 2, "b": 3}, {"a": 1}]),
        ({"Version": "v"}, '{"Version": "v"}'),
        ({"Version": "v"}, "%7B%22Version%22%3A%22v%22%7D"),
    ],
)
def test_same(meant: Any, actual: Any) -> None:
    """What a service says in its own way is the same."""
    assert matches(meant, actual)


@pytest.mark.parametrize(
    ("meant", "actual"),
    [
        (30, 31),
        ("30", None),
        ("", None),
        (True, False),
        ({"a": 1}, {}),
        ({"a": 1}, None),
        ([1], [1, 2]),
        ([1, 1], [1, 2]),
        ([], None),
    ],
)
def test_different(meant: Any, actual: Any) -> None:
    """What is missing, other or too much is not the same."""
    assert not matches(meant, actual)


def test_exact() -> None:
    """Where nothing may be added, an addition is a difference at any depth."""
    meant, actual = {"x": {"a": 1}}, {"x": {"a": 1, "b": 2}}
    assert matches(meant, actual)
    assert not matches(meant, actual, is_exact=True)
