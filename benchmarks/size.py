"""How long the zips are that Lambda is given."""

from __future__ import annotations

from benchmarks.bundles import SDK, build_for_lambda, zip_bytes
from benchmarks.figures import Figure, compare
from benchmarks.run import Run
from benchmarks.series import Series


def measure(run: Run) -> list[Figure]:
    """The zip of this project against the textbook's, whole and without its SDK."""
    for _ in run.rounds(1):
        ours, textbook = build_for_lambda(run.scratch)
    sizes = {
        "ours": zip_bytes(ours),
        "textbook": zip_bytes(textbook),
        "lean": zip_bytes(textbook, without=SDK),
    }
    series = {name: Series((size / 1e6,)) for name, size in sizes.items()}
    return [
        compare(
            "size.zip", "Zip", "MB", ours=series["ours"], peer="textbook", theirs=series["textbook"]
        ),
        compare(
            "size.zip_without_sdk",
            "Zip, against the textbook's without botocore",
            "MB",
            ours=series["ours"],
            peer="textbook without botocore",
            theirs=series["lean"],
        ),
    ]
