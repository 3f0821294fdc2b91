"""The clock that the whole local stack goes by."""

from __future__ import annotations

from local.clock import MovableClock


def test_stands_still_between_advances() -> None:
    """Time passes only when it is told to."""
    clock = MovableClock(1_000)
    assert clock() == 1_000
    assert clock() == 1_000


def test_parts_add_up_exactly() -> None:
    """29.9 s and 0.1 s are 30 s, to the last bit."""
    clock = MovableClock(1_800_000_000)
    clock.advance(29.9)
    assert clock() < 1_800_000_030
    clock.advance(0.1)
    assert clock() == 1_800_000_030


def test_can_be_set_back() -> None:
    """A clock may be corrected backwards, as real ones are."""
    clock = MovableClock(1_000)
    clock.advance(-2.5)
    assert clock() == 997.5
