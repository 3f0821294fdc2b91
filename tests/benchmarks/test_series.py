"""Candidates take turns, and are compared by what ran side by side."""

from __future__ import annotations

import pytest

from benchmarks.series import Series, Spread, in_turn, percentile, spread_of


def test_a_spread_is_median_and_quartiles() -> None:
    """The quartiles of an odd number of values are values among them."""
    assert spread_of([5, 1, 3, 2, 4]) == Spread(median=3, low=2, high=4)


def test_the_spread_of_one_value_is_that_value() -> None:
    """What was measured once has no spread."""
    assert spread_of([7]) == Spread(7, 7, 7)


def test_a_ratio_is_made_round_by_round() -> None:
    """A machine that gets slower for both changes their medians, and not their ratio."""
    ours, peer = Series((1, 20, 300)), Series((2, 40, 600))

    assert ours.ratio_to(peer) == Spread(0.5, 0.5, 0.5)


def test_series_of_different_runs_are_not_compared() -> None:
    """A ratio needs as many rounds of the one as of the other."""
    with pytest.raises(ValueError, match="shorter"):
        Series((1, 2, 3)).ratio_to(Series((1, 2)))


def test_candidates_take_turns_and_the_first_place_goes_round() -> None:
    """Nobody always runs behind the same neighbour's noise."""
    order: list[str] = []

    def candidate(name: str) -> tuple[float, ...]:
        order.append(name)
        return (1.0,)

    in_turn(range(3), {"a": lambda: candidate("a"), "b": lambda: candidate("b")})

    assert order == ["a", "b", "b", "a", "a", "b"]


def test_a_round_is_reduced_to_its_median() -> None:
    """One hiccup in a round is not in its number, but counts as a sample."""
    series = in_turn(range(2), {"a": lambda: (1.0, 2.0, 900.0)})

    assert series["a"] == Series((2.0, 2.0), per_round=3)
    assert series["a"].samples == 6


def test_a_percentile_is_interpolated() -> None:
    """Of the numbers 0 to 100 the 99th percentile is 99."""
    assert percentile(list(range(101)), 99) == 99
