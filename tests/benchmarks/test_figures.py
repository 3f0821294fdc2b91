"""A figure says what was measured against whom, and survives being written down."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import compare, read_report
from benchmarks.machine import describe
from benchmarks.processes import PROJECT
from benchmarks.series import Series
from tests.benchmarks.made_up import figure, report


def test_a_comparison_has_both_medians_and_the_ratio_of_the_rounds() -> None:
    """The ratio is not that of the medians where the rounds say otherwise."""
    ours, theirs = Series((1, 4, 9), per_round=100), Series((2, 4, 3))

    found = compare("a.b", "Made up", "µs", ours=ours, peer="peer", theirs=theirs)

    assert (found.value, found.peer_value, found.samples) == (4, 3, 300)
    assert (found.ratio_low, found.ratio, found.ratio_high) == (0.75, 1, 2)


def test_numbers_are_rounded_to_what_they_mean() -> None:
    """Four digits are written down; the rest is noise that changes a file."""
    series = Series((1.23456789,))

    found = compare("a.b", "Made up", "µs", ours=series, peer="peer", theirs=Series((3,)))

    assert (found.value, found.ratio) == (1.235, 0.4115)


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Nothing is lost between a run and its page."""
    written = report(figure(budget=0.4, budget_on="ratio"), figure("group.lonely", peer=None))
    written.write(tmp_path / "latest.json")

    assert read_report(tmp_path / "latest.json") == written


def test_a_machine_is_described_without_names_and_places() -> None:
    """Processor, cores, versions and load are told; no host, user or path is."""
    machine = describe()

    assert set(machine) == {"cpu", "cores", "os", "python", "node", "peers", "load_before"}
    assert str(PROJECT) not in str(machine)
    assert str(Path.home()) not in str(machine)
