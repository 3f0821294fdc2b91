"""Plays schedules by their seeds and tells what happened: ``python -m tests.delay.replay SEED …``.

``--range FIRST COUNT`` plays many, and prints what they have exercised.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.delay.run import ScheduleFailed, play_seed
from tests.delay.tally import Tally


def main(arguments: list[str]) -> int:
    """Play; 1 if any schedule failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.delay.replay", description=__doc__)
    parser.add_argument("seeds", nargs="*", type=int)
    parser.add_argument("--range", nargs=2, type=int, default=(0, 0), metavar=("FIRST", "COUNT"))
    parser.add_argument("--failures", type=int, default=1, help="stop after so many")
    chosen = parser.parse_args(arguments)
    first, count = chosen.range
    failed, tally, started = 0, Tally(), time.perf_counter()
    for seed in [*chosen.seeds, *range(first, first + count)]:
        try:
            world = play_seed(seed, tally)
        except ScheduleFailed as failure:
            failed += 1
            print(failure)  # noqa: T201
            if failed == chosen.failures:
                break
        else:
            if seed in chosen.seeds:
                print("\n".join([str(world.drawn), *world.trace]))  # noqa: T201
    print("\n".join(tally.lines()))  # noqa: T201
    print(f"{tally.schedules / (time.perf_counter() - started):.0f} a second")  # noqa: T201
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
